import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "#functions/http/server.ts";
import { LIVES, writeLifeContent } from "#support/life-content.ts";
import { startTestServer } from "#support/server.ts";

const PAGE = "<!doctype html><title>SOP dicabut</title>".repeat(40);

describe("a withdrawn SOP", () => {
  let dir: string;
  let server: RunningServer;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulih-gone-"));
    const content = join(dir, "content");
    const client = join(dir, "dist", "client");
    await mkdir(content);
    await writeLifeContent(content);
    for (const slug of [LIVES.withdrawn, LIVES.replaced]) {
      const folder = join(client, "sop", slug);
      await mkdir(join(folder, "versi", "1"), { recursive: true });
      await writeFile(join(folder, "index.html"), PAGE);
      await writeFile(join(folder, "index.html.br"), brotliCompressSync(PAGE));
      await writeFile(join(folder, "versi", "1", "index.html"), PAGE);
      await writeFile(join(folder, "sop.json"), "{}");
    }
    server = await startTestServer({
      env: { PULIH_CONTENT: content, PULIH_DIST: join(dir, "dist") },
    });
  });
  afterAll(async () => {
    await server?.close();
    await rm(dir, { recursive: true, force: true });
  });

  const get = (path: string, init: RequestInit = {}) =>
    fetch(`${server.base}${path}`, { redirect: "manual", ...init });

  it.each(["", "?q=1", "index.html", "formulir/", "formulir/?draf=x"])(
    "answers 410 with its page at its address and at that of its form (%s)",
    async (rest) => {
      const answer = await get(`/sop/${LIVES.withdrawn}/${rest}`);
      expect([answer.status, await answer.text()]).toEqual([410, PAGE]);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'self'");
    },
  );

  it("answers HEAD like GET, without the page", async () => {
    const answer = await get(`/sop/${LIVES.withdrawn}/`, {
      method: "HEAD",
      headers: { "accept-encoding": "identity" },
    });
    expect([answer.status, await answer.text()]).toEqual([410, ""]);
    expect(answer.headers.get("content-length")).toBe(String(PAGE.length));
  });

  it("sends the page as it was compressed beforehand to those who can read that", async () => {
    const path = `/sop/${LIVES.withdrawn}/`;
    const brotli = await get(path, { headers: { "accept-encoding": "gzip, br" } });
    expect(brotli.headers.get("content-encoding")).toBe("br");
    expect(brotli.headers.get("vary")).toBe("accept-encoding");
    expect(await brotli.text()).toBe(PAGE);
    const plain = await get(path, { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
  });

  it("stays readable under the number of its last version, as do its data", async () => {
    for (const path of ["versi/1/", "sop.json"]) {
      const answer = await get(`/sop/${LIVES.withdrawn}/${path}`);
      await answer.arrayBuffer();
      expect(answer.status, path).toBe(200);
    }
  });

  it("leaves the pages of SOPs that were only replaced", async () => {
    const answer = await get(`/sop/${LIVES.replaced}/`);
    await answer.arrayBuffer();
    expect(answer.status).toBe(200);
  });

  it("whose page was not built answers as any unknown address", async () => {
    const answer = await get(`/sop/${LIVES.withdrawnAndReplaced}/`);
    await answer.arrayBuffer();
    expect(answer.status).toBe(404);
  });
});
