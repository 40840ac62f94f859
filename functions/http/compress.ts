import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Below this a packet is sent either way. */
const WORTH_BYTES = 1_024;
/** About a millisecond for a page; higher levels cost more than they save. */
const BROTLI_QUALITY = 4;

type Encoding = "br" | "gzip";

const encoders: Readonly<Record<Encoding, (body: Buffer) => Promise<Buffer>>> = {
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY },
    }),
  gzip: (body) => promisify(gzip)(body),
};

/**
 * Compresses the page that is written to `res`, where the browser takes it. Pages made on demand are
 * small and whole, so they are gathered first: the length can be told, and nothing is sent of a page
 * that breaks half-way. Static files are compressed at build time and never come here.
 */
export function compressPage(req: IncomingMessage, res: ServerResponse): void {
  const encoding = encodingFor(req);
  res.setHeader("vary", "accept-encoding");
  if (!encoding || req.method === "HEAD") return;
  const parts: Buffer[] = [];
  const gather = (chunk: unknown): void => {
    if (typeof chunk === "string") parts.push(Buffer.from(chunk));
    else if (chunk instanceof Uint8Array) parts.push(Buffer.from(chunk));
  };
  const finish = (body: Buffer): void => {
    // From here on the response is its own again.
    for (const name of Object.keys(kept)) Reflect.deleteProperty(res, name);
    if (!res.destroyed) res.end(body);
  };
  const kept = {
    // Kept back until the body is known: its headers change with it.
    writeHead(status: number, headers?: Record<string, string | string[]>) {
      parts.length = 0;
      res.statusCode = status;
      for (const [name, value] of Object.entries(headers ?? {})) res.setHeader(name, value);
      return res;
    },
    write(chunk: unknown) {
      gather(chunk);
      return true;
    },
    end(chunk?: unknown) {
      gather(chunk);
      const body = Buffer.concat(parts);
      if (body.length < WORTH_BYTES || !isPage(res)) {
        finish(body);
        return res;
      }
      encoders[encoding](body).then(
        (smaller) => {
          res.setHeader("content-encoding", encoding);
          res.setHeader("content-length", smaller.length);
          finish(smaller);
        },
        () => finish(body),
      );
      return res;
    },
  };
  Object.assign(res, kept);
}

function isPage(res: ServerResponse): boolean {
  return String(res.getHeader("content-type") ?? "").startsWith("text/html");
}

function encodingFor(req: IncomingMessage): Encoding | null {
  const accepted = String(req.headers["accept-encoding"] ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => !/;\s*q=0(?:\.0*)?$/.test(one))
    .map((one) => one.split(";")[0]);
  if (accepted.includes("br")) return "br";
  return accepted.includes("gzip") ? "gzip" : null;
}
