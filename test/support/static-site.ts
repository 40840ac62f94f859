import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import sirv from "sirv";

export interface StaticSite {
  readonly origin: string;
  close(): Promise<void>;
}

/** The policy the server sends too: a page that needs more than this is broken. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/** Serves built pages as files, for tests of what needs no function. */
export async function serveStatic(dir: string): Promise<StaticSite> {
  const files = sirv(dir, { brotli: true, gzip: true, dev: false });
  const server = createServer((request, response) => {
    response.setHeader("content-security-policy", POLICY);
    files(request, response, () => {
      response.statusCode = 404;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
