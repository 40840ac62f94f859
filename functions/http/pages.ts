import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import sirv from "sirv";

export type Handler = (
  req: IncomingMessage,
  res: ServerResponse,
  next: () => void,
  locals: unknown,
) => Promise<void> | void;

export interface Pages {
  readonly files: (req: IncomingMessage, res: ServerResponse, next: () => void) => void;
  /** Astro's on-demand pages; null where nothing was built. */
  readonly onDemand: Handler | null;
  readonly notFound: Uint8Array | null;
}

const HASHED = /^\/(?:_astro|pagefind\/(?:filter|fragment|index))\//;

/** What lists of media types do not know, or tell without the character set. */
const TYPES: readonly (readonly [ending: string, type: string])[] = [
  [".bpmn", "application/xml; charset=utf-8"],
  [".csv", "text/csv; charset=utf-8"],
];

/** The built site: files as they lie, compressed beforehand, and the pages made on demand. */
export async function openPages(dist: string): Promise<Pages> {
  const client = join(dist, "client");
  const entry = join(dist, "server", "entry.mjs");
  const files = existsSync(client)
    ? sirv(client, {
        brotli: true,
        gzip: true,
        etag: true,
        dotfiles: false,
        setHeaders: (res, path) => {
          const forever = HASHED.test(path);
          res.setHeader(
            "cache-control",
            forever ? "public, max-age=31536000, immutable" : "public, max-age=0, must-revalidate",
          );
          res.setHeader("vary", "accept-encoding");
          const type = TYPES.find(([ending]) => path.endsWith(ending))?.[1];
          if (type) res.setHeader("content-type", type);
        },
      })
    : (_req: IncomingMessage, _res: ServerResponse, next: () => void) => next();
  const onDemand = existsSync(entry)
    ? ((await import(pathToFileURL(entry).href)) as { handler: Handler }).handler
    : null;
  const notFound = await readFile(join(client, "404.html")).catch(() => null);
  return { files, onDemand, notFound };
}
