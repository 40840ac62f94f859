import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, realpath } from "node:fs/promises";
import { createServer } from "node:net";
import { AppError } from "#domain/errors.ts";

/**
 * Lets one agent at a time use a data folder. The lock is a name in Linux's abstract socket
 * namespace, which the kernel frees when the process ends, however it ends. AGENT_RUNNING.
 */
export async function lockData(data: string): Promise<AsyncDisposable> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const mark = createHash("sha256")
    .update(await realpath(data))
    .digest("hex")
    .slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(`\0pulih-agent-${mark}`);
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new AppError("AGENT_RUNNING", "another agent uses this data folder");
  }
  server.unref();
  return {
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
