/** A request for public information on the pages, without JavaScript, from the form to its end. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "#functions/http/server.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser } from "#support/browser.ts";
import { assertBuilt, dist } from "#support/built-site.ts";
import { hire, type Official, startTestServer } from "#support/server.ts";

const WANTED = "CONTOH: SOP pemulihan data yang berlaku tahun 2026";
const stack = new AsyncDisposableStack();
const open: BrowserContext[] = [];
let server: RunningServer;
let browser: Browser;
let ppid: Official;
let superior: Official;

beforeAll(async () => {
  assertBuilt();
  server = stack.use(await startTestServer({ env: { PULIH_DIST: dist } }));
  const send = (path: string, init?: RequestInit) =>
    fetch(new URL(path, server.base), { ...init, redirect: "manual" });
  ppid = await hire(server.deps, send, "kukar", "ppid", {});
  superior = await hire(server.deps, send, "kukar", "atasan-ppid", {});
  browser = await launchBrowser();
  stack.defer(() => browser.close());
}, 60_000);
afterEach(async () => {
  await Promise.all(open.splice(0).map((context) => context.close()));
});
afterAll(() => stack.disposeAsync());

async function seat(by: Official | null, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.base,
    locale: "id-ID",
    javaScriptEnabled: false,
    ...options,
  });
  const pairs = by === null ? [] : by.cookie.split("; ");
  await context.addCookies(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: server.base };
    }),
  );
  open.push(context);
  return context.newPage();
}

/** No violation where `page` stands, and nothing wider than the smallest screen. */
async function sound(page: Page, by: Official | null): Promise<void> {
  const { pathname, search } = new URL(page.url());
  const seen = await seat(by, { javaScriptEnabled: true, viewport: { width: 320, height: 640 } });
  await seen.goto(pathname + search);
  expect(await axe(seen)).toEqual([]);
  const wide = await seen.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide, pathname).toBeLessThanOrEqual(0);
}

const facts = (page: Page): Promise<string | null> => page.textContent("main dl.facts >> nth=0");

describe("a request for public information", () => {
  it("runs from a form with mistakes to the answer of an objection", {
    timeout: 120_000,
  }, async () => {
    const requester = await seat(null);
    await requester.goto("/ppid/minta/");
    await sound(requester, null);
    await requester.getByLabel("Badan publik").selectOption("kukar");
    await requester.getByLabel("Informasi yang diminta").fill(WANTED);
    await requester.getByRole("button", { name: "Kirim permintaan" }).click();
    expect(await requester.title()).toMatch(/^Galat: /);
    expect(await requester.locator(".error-summary a").count()).toBe(6);
    expect(await requester.getByLabel("Informasi yang diminta").inputValue()).toBe(WANTED);
    await sound(requester, null);

    await requester.getByLabel("Tujuan penggunaan").fill("CONTOH: penelitian");
    await requester.getByLabel("Cara memperoleh").selectOption("salinan-elektronik");
    await requester.getByLabel("Kedudukan pemohon").selectOption("perorangan");
    await requester.getByLabel("Nama lengkap").fill("CONTOH Peminta");
    await requester.getByLabel(/^Alamat(?! surel)/).fill("Jalan CONTOH 7");
    await requester.getByLabel("Alamat surel").fill("peminta@contoh.go.id");
    await requester.getByRole("button", { name: "Kirim permintaan" }).click();
    expect(await requester.getByRole("status").textContent()).toContain("Permintaan diterima");
    const tracked = new URL(requester.url());
    const ref = tracked.searchParams.get("nomor") ?? "";
    await sound(requester, null);

    const officer = await seat(ppid);
    await officer.goto("/ruang-kerja/ppid/");
    await sound(officer, ppid);
    await officer.getByRole("link", { name: ref }).click();
    expect(await officer.locator("#diminta + dl").textContent()).toContain(WANTED);
    await officer.getByRole("button", { name: "Kirim jawaban" }).click();
    expect(await officer.title()).toMatch(/^Galat: /);
    await sound(officer, ppid);
    await officer.getByLabel("Putusan").selectOption("dikabulkan");
    await officer.getByLabel("Jawaban kepada pemohon").fill("CONTOH: terlampir.");
    await officer.getByRole("button", { name: "Kirim jawaban" }).click();
    expect(await officer.getByRole("button", { name: "Kirim jawaban" }).count()).toBe(0);
    await sound(officer, ppid);

    await requester.goto(tracked.pathname + tracked.search.replace("&baru=1", ""));
    expect(await requester.textContent("main")).toContain("CONTOH: terlampir.");
    await requester.getByRole("button", { name: "Ajukan keberatan" }).click();
    expect(await requester.title()).toMatch(/^Galat: /);
    await sound(requester, null);
    await requester.getByLabel("Alasan keberatan").selectOption({ index: 1 });
    await requester.getByLabel("Uraian keberatan").fill("CONTOH: yang diminta bukan itu.");
    await requester.getByRole("button", { name: "Ajukan keberatan" }).click();
    expect(await requester.locator(".error-summary").count()).toBe(0);

    const chief = await seat(superior);
    await chief.goto(`/ruang-kerja/ppid/${ref}/`);
    expect(await chief.locator("#diminta + dl").textContent()).toContain("bukan itu");
    await sound(chief, superior);
    await chief.getByLabel("Putusan").selectOption("dikabulkan");
    await chief.getByLabel("Tanggapan atas keberatan").fill("CONTOH: berikan yang dimaksud.");
    await chief.getByRole("button", { name: "Kirim tanggapan" }).click();
    expect(await chief.getByRole("button", { name: "Kirim tanggapan" }).count()).toBe(0);
    expect(await facts(chief)).toContain("Selesai");

    await requester.reload();
    expect(await facts(requester)).toContain("Selesai");
    expect(await requester.textContent("main")).toContain("CONTOH: berikan yang dimaksud.");
    await sound(requester, null);
  });

  it("is found by its number and code alone", async () => {
    const page = await seat(null);
    await page.goto("/ppid/lacak/");
    await sound(page, null);
    await page.getByLabel("Nomor permintaan").fill("AA2-AA2-AA2");
    await page.getByLabel("Kode lacak").fill("bukan-kodenya");
    await page.getByRole("button", { name: "Lacak" }).click();
    expect(await page.title()).toMatch(/^Galat: /);
    await sound(page, null);
  });

  it("has an empty list for the PPID, which says where requests come from", async () => {
    const send = (path: string, init?: RequestInit) =>
      fetch(new URL(path, server.base), { ...init, redirect: "manual" });
    const other = await hire(server.deps, send, "kaltim", "ppid", {});
    const page = await seat(other);
    await page.goto("/ruang-kerja/ppid/");
    expect(await page.textContent("main")).toContain("Belum ada permintaan.");
    await sound(page, other);
  });
});
