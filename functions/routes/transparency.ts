/**
 * Figures and open data for everybody. These routes are given the public view and nothing else, so
 * that nothing else can pass through them.
 */
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { AppError } from "#domain/errors.ts";
import type { TransparencyView } from "#domain/transparency/view.ts";
import { type DataFile, dataFiles, type Portal } from "../services/transparency/data-files.ts";

export interface PublicFigures {
  view(): Promise<TransparencyView>;
  readonly portal: Portal;
}

const CACHED = "public, max-age=300";

export function transparencyRoutes({ view, portal }: PublicFigures) {
  const made = new WeakMap<TransparencyView, Map<string, DataFile>>();
  const filesNow = async (): Promise<Map<string, DataFile>> => {
    const now = await view();
    const files = made.get(now) ?? dataFiles(now, portal);
    made.set(now, files);
    return files;
  };
  const file = async (c: Context): Promise<Response> => {
    const found = (await filesNow()).get(c.req.path);
    if (!found) throw new AppError("NOT_FOUND", "no such data file");
    c.header("etag", `"${found.sha256}"`);
    c.header("cache-control", CACHED);
    return c.body(found.body, 200, { "content-type": `${found.type}; charset=utf-8` });
  };
  return new Hono()
    .get("/api/transparency/summary", async (c) => {
      c.header("cache-control", CACHED);
      return c.json({ data: await view() });
    })
    .use(
      "/data/*",
      cors({ origin: "*", allowMethods: ["GET", "HEAD"] }),
      etag(),
      async (c, next) => {
        await next();
        c.res.headers.set("cross-origin-resource-policy", "cross-origin");
      },
    )
    .get("/data/*", file)
    .use("/umpan/transparansi.atom", etag())
    .get("/umpan/transparansi.atom", file);
}
