/** The asset register and the plans as officials meet them: without JavaScript, also on a phone. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { roleOf } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { type Field, submissionForm } from "#domain/workflow/form.ts";
import type { RequestView } from "#domain/workflow/view.ts";
import type { RunningServer } from "#functions/http/server.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser } from "#support/browser.ts";
import { assertBuilt, dist } from "#support/built-site.ts";
import { hire, type Official, startTestServer } from "#support/server.ts";
import { hireAgent } from "../http/scripted-agent.ts";

const SLUG = "kaltim-backup-restore-database";
const HEAD = "kode,nama,pemilik,jenis,kategori,letak,sasaran,catatan,status";
const stack = new AsyncDisposableStack();
const open: BrowserContext[] = [];
let server: RunningServer;
let browser: Browser;
let sop: Sop;
let planner: Official;

const send = (path: string, init?: RequestInit) =>
  fetch(new URL(path, server.base), { ...init, redirect: "manual" });

beforeAll(async () => {
  assertBuilt();
  server = stack.use(await startTestServer({ env: { PULIH_DIST: dist } }));
  const entry = server.deps.catalog.sops.get(SLUG);
  if (!entry) throw new Error("SOP A is not in content");
  sop = entry.sop;
  const reachable = { deps: server.deps, fetch: send, clock: { now: () => new Date() } };
  await hireAgent(reachable, ["arsip-db", "surat-db"], { registered: false });
  planner = await hire(server.deps, send, sop.instansi, "pengelola", {});
  browser = await launchBrowser();
  stack.defer(() => browser.close());
}, 60_000);
afterEach(async () => {
  await Promise.all(open.splice(0).map((context) => context.close()));
});
afterAll(() => stack.disposeAsync());

async function seat(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.base,
    locale: "id-ID",
    javaScriptEnabled: false,
    ...options,
  });
  await context.addCookies(
    planner.cookie.split("; ").map((pair) => {
      const at = pair.indexOf("=");
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: server.base };
    }),
  );
  open.push(context);
  return context.newPage();
}

/** No violation, and nothing wider than the smallest screen. */
async function sound(path: string): Promise<void> {
  const page = await seat({ javaScriptEnabled: true, viewport: { width: 320, height: 640 } });
  await page.goto(path);
  expect(await axe(page)).toEqual([]);
  const [content, screen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    innerWidth,
  ]);
  expect(content, path).toBeLessThanOrEqual(screen ?? 0);
}

const csv = (rows: readonly string[]) => ({
  name: "aset.csv",
  mimeType: "text/csv",
  buffer: Buffer.from([HEAD, ...rows].join("\r\n")),
});

describe("the asset register", () => {
  it("is told what to do while it is empty", async () => {
    const page = await seat();
    await page.goto("/ruang-kerja/aset/");
    expect(await page.textContent("main")).toContain("Belum ada aset.");
    for (const path of ["", "baru/", "impor/", "tinjauan/"])
      await sound(`/ruang-kerja/aset/${path}`);
    await sound("/ruang-kerja/rencana/");
  });

  it("takes an asset in, shows where it is mended, and gives a card to print", async () => {
    const page = await seat();
    await page.goto("/ruang-kerja/aset/baru/?sasaran=arsip-db");
    expect(await page.locator('[name="sasaran"]').inputValue()).toBe("arsip-db");
    await page.getByRole("button", { name: "Daftarkan" }).click();
    expect(await page.title()).toMatch(/^Galat: /);
    expect(await page.locator(".error-summary a").count()).toBe(5);
    await page.locator('[name="nama"]').fill("CONTOH arsip kependudukan");
    await page.locator('[name="pemilik"]').fill("CONTOH Dinas Arsip");
    await page.locator('[name="jenis"]').selectOption("basis-data");
    await page.locator('[name="kategori"]').selectOption("strategis");
    await page.locator('[name="letak"]').fill("CONTOH ruang server, rak 3");
    await page.locator('[name="sasaran"]').selectOption("arsip-db");
    await page.getByRole("button", { name: "Daftarkan" }).click();
    expect(await page.getByRole("status").textContent()).toContain("Aset terdaftar.");
    const place = new URL(page.url()).pathname;
    await sound(place);
    await page.getByRole("link", { name: "Tanda daftar aset" }).click();
    expect(await page.locator(".asset-card .reference").textContent()).toBe(place.split("/")[3]);
    await sound(new URL(page.url()).pathname);
    await sound(`${place}ubah/`);
  });

  it("looks at a file with mistakes, saves nothing of it, and saves the mended one when agreed", async () => {
    const page = await seat();
    await page.goto("/ruang-kerja/aset/impor/");
    const good = ",CONTOH surat,CONTOH Sekretariat,vm,tinggi,CONTOH rak 1,surat-db,,";
    const bad = ",CONTOH peta,CONTOH Dinas Peta,kapal,tinggi,CONTOH rak 2,,,";
    const check = page.getByRole("button", { name: "Periksa berkas" });
    await page.locator('[name="berkas"]').setInputFiles(csv([good, bad]));
    await check.click();
    expect(await page.textContent("main")).toContain("1 baris ditolak.");
    expect(await page.locator("tbody tr").first().textContent()).toMatch(/Ditolak.*jenis: /s);
    expect(await page.getByRole("button", { name: /^Simpan/ }).count()).toBe(0);
    await sound(new URL(page.url()).pathname + new URL(page.url()).search);
    await page.locator('[name="berkas"]').setInputFiles(csv([good, bad.replace("kapal", "fisik")]));
    await check.click();
    await page.getByRole("button", { name: "Simpan 2 aset" }).click();
    expect(new URL(page.url()).pathname).toBe("/ruang-kerja/aset/");
    expect(await page.textContent("main")).toContain("Berkas tersimpan: 2 aset");
    await page.locator("summary", { hasText: "Saring" }).click();
    await page.locator('[name="perlu"]').selectOption("sasaran");
    await page.getByRole("button", { name: "Saring" }).click();
    expect(await page.locator("tbody tr").count()).toBe(1);
    expect(await page.locator("tbody").textContent()).toContain("CONTOH peta");
    await sound("/ruang-kerja/aset/");
  });

  it("reviews many assets on one page", async () => {
    const page = await seat({ viewport: { width: 390, height: 844 } });
    await page.goto("/ruang-kerja/aset/tinjauan/");
    const groups = page.locator("fieldset");
    expect(await groups.count()).toBe(3);
    await groups.filter({ hasText: "CONTOH surat" }).getByLabel("Sesuai").check();
    const gone = groups.filter({ hasText: "CONTOH peta" });
    await gone.getByLabel("Dihapus").check();
    await gone.locator('input[type="text"]').fill("CONTOH sudah tidak dipakai");
    await page.getByRole("button", { name: "Simpan tinjauan" }).click();
    expect(await page.locator("fieldset").count()).toBe(2);
    expect(await page.locator('.note[role="status"]').textContent()).toContain(
      "2 tinjauan tersimpan",
    );
    await sound("/ruang-kerja/aset/tinjauan/");
  });
});

describe("planning", () => {
  async function json<T>(path: string, cookie: string, body?: unknown): Promise<T> {
    const answer = await send(path, {
      headers: { "content-type": "application/json", accept: "application/json", cookie },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { data: T }).data;
  }

  const plain = ({ name, type, options, label }: Field): [string, string | string[]] => {
    if (type === "choices") return [name, []];
    if (type === "select") return [name, options[0]?.value ?? ""];
    return [name, type === "email" ? "contoh@opd.contoh.go.id" : `CONTOH ${label}`];
  };

  /** A request that waits for its plan. */
  async function waiting(opd: string): Promise<string> {
    const filled = submissionForm(sop)
      .filter(({ type }) => type !== "file")
      .map(plain);
    const { ref } = await json<{ ref: string }>("/api/requests", "", {
      ...Object.fromEntries(filled),
      sop: SLUG,
      opd,
    });
    for (;;) {
      const { next, head } = await json<RequestView>(`/api/requests/${ref}`, planner.cookie);
      if (!next) throw new Error("the request ended");
      if (next.kind === "perencanaan") return ref;
      const [jabatan = ""] = roleOf(sop, next.role).jabatan;
      const person = await hire(server.deps, send, sop.instansi, jabatan, {});
      const { next: own } = await json<RequestView>(`/api/requests/${ref}`, person.cookie);
      await json(`/api/requests/${ref}/decisions`, person.cookie, {
        act: next.act,
        seen: head,
        decision: "perform",
        tick: own?.checklist.map((_, index) => String(index)),
        ...Object.fromEntries(own?.fields.map(plain) ?? []),
      });
    }
  }

  async function plan(page: Page, ref: string): Promise<void> {
    await page.goto(`/ruang-kerja/permohonan/${ref}/`);
    for (const box of await page.locator('input[name="tick"]').all()) await box.check();
    await page.locator('input[name="sasaran"]').first().check();
    await page.locator('[name="jadwal"]').fill("2030-01-07T09:00");
    await page.locator('[name="lama"]').fill("45");
    await page.locator('[name="rencana"]').fill("CONTOH rencana");
    await page.locator('button[value="perform"]').first().click();
  }

  it("warns of a clash, keeps what was typed, and takes the plan once the warning was read", {
    timeout: 120_000,
  }, async () => {
    const page = await seat();
    const [first, second] = [await waiting("CONTOH Satu"), await waiting("CONTOH Dua")];
    for (const ref of [first, second]) {
      await plan(page, ref);
      const aware = page.locator('input[name="sadarBentrok"]');
      // So far ahead the order runs out before: both plans have a warning, the second one a clash.
      expect(await aware.count()).toBe(1);
      const told = await page.locator(".error-summary").textContent();
      expect(told?.includes(`untuk permohonan ${first}`)).toBe(ref === second);
      expect(await page.locator('[name="lama"]').inputValue()).toBe("45");
      await sound(new URL(page.url()).pathname + new URL(page.url()).search);
      await aware.check();
      await page.locator('button[value="perform"]').first().click();
      expect(await page.locator(".error-summary").count()).toBe(0);
    }
    await page.goto("/ruang-kerja/rencana/?tampilan=bulan&tanggal=2030-01-07");
    expect(await page.locator(".board-entry").count()).toBe(2);
    expect(await page.locator(".board-entry.warned").count()).toBe(2);
    await page.getByRole("link", { name: "Tampilan minggu" }).click();
    await page.getByRole("link", { name: "Minggu berikutnya" }).click();
    expect(page.url()).toContain("tampilan=minggu&tanggal=2030-01-07");
    expect(await page.locator(".board-entry").count()).toBe(2);
    await sound("/ruang-kerja/rencana/?tampilan=bulan&tanggal=2030-01-07");
    await sound("/ruang-kerja/rencana/?tanggal=2030-01-07");
  });
});
