/** A static server on a free port, the same for every site: files as they lie, compressed beforehand. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import sirv from "sirv";
import { precompress } from "../../../src/build/precompress.ts";
import type { BuildContext } from "../../../src/build/steps.ts";

export interface Served extends AsyncDisposable {
  readonly origin: string;
}

/** Lays the same .br and .gz beside another generator's files as our build does beside ours. */
export async function compressed(dir: string): Promise<string> {
  await precompress.run({ client: dir } as BuildContext);
  return dir;
}

export async function serve(dir: string): Promise<Served> {
  const files = sirv(dir, { brotli: true, gzip: true, etag: true });
  const server = createServer((request, response) => {
    files(request, response, () => {
      response.statusCode = 404;
      response.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
