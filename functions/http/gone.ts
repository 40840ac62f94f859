import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Catalog } from "#catalog/load.ts";

export type GonePages = ReadonlyMap<string, GonePage>;

interface GonePage {
  readonly html: Uint8Array;
  readonly br: Uint8Array | null;
  readonly gzip: Uint8Array | null;
}

/** A withdrawal may be corrected, so the answer is kept for minutes, not for good. */
const CACHE = "public, max-age=300";

/**
 * The pages of withdrawn SOPs as they were built, by the SOP's path. A SOP whose page was not built
 * is left out: then there is nothing to read at its address, and it answers as any unknown one.
 */
export async function readGonePages(dist: string, sops: Catalog["sops"]): Promise<GonePages> {
  const pages = new Map<string, GonePage>();
  for (const [slug, { life }] of sops) {
    if (life.status !== "dicabut") continue;
    const file = join(dist, "client", "sop", slug, "index.html");
    const read = (name: string): Promise<Uint8Array | null> => readFile(name).catch(() => null);
    const [html, br, gzip] = await Promise.all([file, `${file}.br`, `${file}.gz`].map(read));
    if (html) pages.set(`/sop/${slug}/`, { html, br: br ?? null, gzip: gzip ?? null });
  }
  return pages;
}

/**
 * Answers 410 with the page that says what became of a withdrawn SOP, at its address and at that of
 * its form. False where the path is another one or the method does not read.
 */
export function answerGone(
  pages: GonePages,
  path: string,
  req: IncomingMessage,
  res: ServerResponse,
): boolean {
  const page = pages.get(path.replace(/(?:\/|\/index\.html|\/formulir\/?)?$/, "/"));
  if (!page || (req.method !== "GET" && req.method !== "HEAD")) return false;
  const accepted = String(req.headers["accept-encoding"] ?? "");
  const [encoding, body] =
    page.br && /\bbr\b/.test(accepted)
      ? ["br", page.br]
      : page.gzip && /\bgzip\b/.test(accepted)
        ? ["gzip", page.gzip]
        : [null, page.html];
  if (encoding) res.setHeader("content-encoding", encoding);
  res.writeHead(410, {
    "content-type": "text/html; charset=utf-8",
    "content-length": body.length,
    "cache-control": CACHE,
    vary: "accept-encoding",
  });
  res.end(req.method === "HEAD" ? undefined : body);
  return true;
}
