import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "#functions/http/server.ts";
import { eventually } from "#support/eventually.ts";
import { startTestServer } from "#support/server.ts";
import { hireAgent } from "./scripted-agent.ts";

const PAGE = "<!doctype html><title>CONTOH</title>".repeat(40);
const ENTRY = `
export const handler = async (req, res, next, locals) => {
  if (req.url.startsWith("/galat/")) throw new Error("rahasia dalam");
  if (req.url.startsWith("/contoh/")) return res.end("CONTOH");
  if (!req.url.startsWith("/lacak/")) return next();
  const view = await locals.services.track("ABC-2DE-3FG", null).catch((error) => error.code);
  res.setHeader("content-type", "application/json");
  res.end(JSON.stringify({ viewer: locals.viewer, requestId: typeof locals.requestId, view }));
};
`;

describe("the server as a whole, over sockets", () => {
  let server: RunningServer;
  let dist: string;
  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), "pulih-dist-"));
    await mkdir(join(dist, "client", "_astro"), { recursive: true });
    await mkdir(join(dist, "client", "sop"), { recursive: true });
    await mkdir(join(dist, "server"));
    await writeFile(join(dist, "client", "sop", "index.html"), PAGE);
    await writeFile(join(dist, "client", "sop", "index.html.br"), brotliCompressSync(PAGE));
    await writeFile(join(dist, "client", "_astro", "gaya.abc123.css"), "a{color:red}");
    await writeFile(join(dist, "client", "404.html"), "<h1>Tidak ditemukan</h1>");
    await writeFile(join(dist, "server", "entry.mjs"), ENTRY);
    server = await startTestServer({ env: { PULIH_DIST: dist, PULIH_LIMIT_TRACK: "2" } });
  });
  afterAll(async () => {
    await server.close();
    await rm(dist, { recursive: true, force: true });
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.base}${path}`, { headers });

  it("puts the security headers on every kind of answer", async () => {
    for (const path of [
      "/sop/",
      "/_astro/gaya.abc123.css",
      "/contoh/",
      "/tidak/ada/",
      "/galat/",
      "/api/health",
      "/api/tidak",
      "/metrics",
    ]) {
      const answer = await get(path);
      await answer.arrayBuffer();
      expect(answer.headers.get("content-security-policy"), path).toMatch(
        /^default-src 'self'; .*frame-ancestors 'none'/,
      );
      expect(answer.headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(answer.headers.get("referrer-policy"), path).toBe("same-origin");
      expect(answer.headers.get("x-frame-options"), path).toBe("DENY");
    }
  });

  it("serves files as they were compressed beforehand, hashed ones for ever, others checked each time", async () => {
    const page = await get("/sop/", { "accept-encoding": "br" });
    expect(page.headers.get("content-encoding")).toBe("br");
    expect(page.headers.get("cache-control")).toContain("must-revalidate");
    expect(await page.text()).toBe(PAGE);
    const etag = page.headers.get("etag") ?? "";
    expect((await get("/sop/", { "accept-encoding": "br", "if-none-match": etag })).status).toBe(
      304,
    );
    const plain = await get("/sop/", { "accept-encoding": "identity" });
    expect(plain.headers.get("content-encoding")).toBeNull();
    const style = await get("/_astro/gaya.abc123.css");
    expect(style.headers.get("cache-control")).toContain("immutable");
  });

  it("hands on-demand pages the viewer and the services, with the limit on guesses of their address", async () => {
    const codes = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const body = (await (await get("/lacak/")).json()) as {
        viewer: null;
        requestId: string;
        view: string;
      };
      expect([body.viewer, body.requestId]).toEqual([null, "string"]);
      codes.push(body.view);
    }
    expect(codes).toEqual(["AUTH_TRACKING", "AUTH_TRACKING", "INPUT_RATE_LIMITED"]);
  });

  it("answers an unknown page with the site's own page and a broken one without its reason", async () => {
    const unknown = await get("/tidak/ada/");
    expect([unknown.status, await unknown.text()]).toEqual([404, "<h1>Tidak ditemukan</h1>"]);
    const broken = await get("/galat/");
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain("rahasia");
  });

  it("never leaves the folder of the site", async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${server.base}/`, { path: "/../server/entry.mjs" }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(404);
  });

  /** An agent over real sockets, whose requests end when `signal` aborts. */
  const agentOf = (of: RunningServer, signal: AbortSignal | null = null) =>
    hireAgent(
      {
        deps: of.deps,
        clock: { now: () => new Date() },
        fetch: (path, init) => fetch(`${of.base}${path}`, { ...init, signal }),
      },
      [],
    );

  it("forgets a held poll whose connection is gone, so that no job is leased to nobody", async () => {
    await using other = await startTestServer({ env: { PULIH_POLL_HOLD_MS: "60000" } });
    const gone = new AbortController();
    const agent = await agentOf(other, gone.signal);
    const held = agent.poll().catch((error: unknown) => error);
    await eventually("the poll is held", () => other.deps.hub.held === 1);
    gone.abort();
    expect(await held).toBeInstanceOf(Error);
    await eventually("the poll is forgotten", () => other.deps.hub.held === 0);
  });

  it("answers held polls and closes when it is told to stop", async () => {
    const other = await startTestServer({ env: { PULIH_POLL_HOLD_MS: "60000" } });
    const agent = await agentOf(other);
    const held = agent.poll();
    await eventually("the poll is held", () => other.deps.hub.held === 1);
    await other.close();
    expect(await held).toMatchObject({ offers: [] });
    await expect(fetch(`${other.base}/api/health`)).rejects.toThrow("fetch failed");
  });
});
