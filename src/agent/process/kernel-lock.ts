import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Takes a lock that the kernel frees when the process ends, however it ends: a name in Linux's
 * abstract socket namespace. Null where a process, this one included, has it.
 */
export async function takeKernelLock(name: string): Promise<AsyncDisposable | null> {
  const mark = createHash("sha256").update(name).digest("hex").slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(`\0pulih-agent-${mark}`);
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return null;
  }
  server.unref();
  return {
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
