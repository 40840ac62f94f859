import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "#functions/http/server.ts";
import type { SearchQuery } from "#functions/services/search/search.ts";
import { openTestPortal, startTestServer, type TestPortal } from "#support/server.ts";

describe("the search on the server", () => {
  let portal: TestPortal;
  beforeAll(async () => {
    portal = await openTestPortal();
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  const search = (text: string, more: Partial<SearchQuery> = {}) =>
    portal.services.search({ text, kind: null, agency: null, ...more });
  const found = async (text: string, more: Partial<SearchQuery> = {}): Promise<string[]> =>
    (await search(text, more)).groups.flatMap(({ hits }) => hits.map(({ href }) => href));

  it("meets words that share a stem, in any form of them", async () => {
    const kaltim = "/sop/kaltim-backup-restore-database/";
    for (const word of ["cadangan", "pencadangan", "mencadangkan", "Cadangannya", "pencad"]) {
      expect(await found(word), word).toContain(kaltim);
    }
  });

  it("forgives a slip of the pen, and a word too much", async () => {
    expect(await found("disposisu")).toContain("/istilah/#disposisi");
    expect(await found("disposisi qqqqwwww")).toContain("/istilah/#disposisi");
    expect(await found("bagaimana cara restore VPS")).toContain("/sop/kukar-restore-vps-vm/");
  });

  it("knows numbers and abbreviations as people write them", async () => {
    expect((await found("B-441/Diskominfo/000.6/06/2025"))[0]).toBe("/sop/kukar-restore-vps-vm/");
    expect((await found("UU 14/2008"))[0]).toBe("/dasar-hukum/uu-14-2008/");
    expect((await found("SKPD", { kind: "Istilah" }))[0]).toBe("/istilah/#opd");
  });

  it("shows the best few of each kind and counts all, or more of one kind", async () => {
    const all = await search("data");
    expect(all.groups.map(({ kind }) => kind)).toEqual([
      "SOP",
      "Layanan",
      "Peraturan",
      "Istilah",
      "Panduan",
      "PPID",
    ]);
    for (const { count, hits } of all.groups) expect(hits.length).toBe(Math.min(5, count));
    expect(all.total).toBe(all.groups.reduce((sum, { count }) => sum + count, 0));
    const terms = all.groups.find(({ kind }) => kind === "Istilah");
    const one = await search("data", { kind: "Istilah" });
    expect(one.groups.map(({ kind, count }) => [kind, count])).toEqual([["Istilah", terms?.count]]);
    expect(one.groups[0]?.hits.length).toBe(Math.min(30, terms?.count ?? 0));
  });

  it("keeps to one agency where one is chosen", async () => {
    expect(await found("restore", { agency: "Diskominfo Kaltim" })).toEqual([
      "/sop/kaltim-backup-restore-database/",
      "/layanan/kaltim-backup-restore-database/",
    ]);
    expect(await found("restore", { agency: "Dinas yang tidak ada" })).toEqual([]);
  });

  it("finds nothing for nothing, and cuts what is too long", async () => {
    for (const nothing of ["", "   ", "—!?", "*", "qqqqwwww", "qqqq <b>wwww</b>"]) {
      expect((await search(nothing)).total, nothing).toBe(0);
    }
    const long = await search("disposisi ".repeat(10_000));
    expect(long.text.length).toBeLessThanOrEqual(100);
    expect(long.total).toBeGreaterThan(0);
  });
});

describe("the policy of the search worker", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it("allows WebAssembly to that one file, also with a query, and to no other address", async () => {
    const policy = async (path: string): Promise<string> =>
      (await fetch(`${server.base}${path}`)).headers.get("content-security-policy") ?? "";
    const page = await policy("/api/health");
    const worker = await policy("/pagefind/pagefind-worker.js");
    expect(worker).toBe(page.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"));
    expect(await policy("/pagefind/pagefind-worker.js?v=1")).toBe(worker);
    for (const path of ["/", "/cari/", "/pagefind/pagefind.js", "/x/pagefind/pagefind-worker.js"]) {
      expect(await policy(path), path).toBe(page);
    }
    expect(page).not.toContain("wasm");
  });
});
