/** Around a restore: the look before it and the copy after it, as officials meet them, without JavaScript. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readSettings } from "#functions/env.ts";
import { type RunningServer, startServer } from "#functions/http/server.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser } from "#support/browser.ts";
import { assertBuilt, dist } from "#support/built-site.ts";
import { type Official, openTestPortal, type TestPortal } from "#support/server.ts";
import { KALTIM, Office, type Submitted, sopOf, submit, walk } from "../http/office.ts";
import { hireAgent, type ScriptedAgent } from "../http/scripted-agent.ts";

const LONG_TABLE = `skema_kepegawaian.${"riwayat_jabatan_pegawai_".repeat(4)}`;
const SENTENCE =
  "Pemulihan ini akan menambah 14.220 baris, mengubah 3, dan menghilangkan 512 baris yang ditulis sesudah cadangan.";
const targets = ["db-satu"];
const stack = new AsyncDisposableStack();
const open: BrowserContext[] = [];
let portal: TestPortal;
let server: RunningServer;
let browser: Browser;
let office: Office;
let agent: ScriptedAgent;
let pengelola: Official;
let pengawas: Official;

beforeAll(async () => {
  assertBuilt();
  portal = stack.use(await openTestPortal());
  office = new Office(portal);
  agent = await hireAgent(portal, targets);
  agent.preview = {
    ...agent.preview,
    units: [...agent.preview.units, { name: LONG_TABLE, added: 0, changed: 0, lost: 12 }],
    changedUnits: 9,
  };
  pengelola = await office.of(sopOf(portal, KALTIM), "pengelola");
  pengawas = await office.of(sopOf(portal, KALTIM), "pengawas");
  const first = await submit(portal, KALTIM, { alasan: "CONTOH cadangan", jenis: "backup" });
  await walk(office, KALTIM, first, { targets, agent });
  await agent.poll({ catalog: true, capacity: 0 });
  const settings = readSettings(
    {
      PULIH_DATA: portal.pathOf("."),
      PULIH_PORT: "0",
      PULIH_DIST: dist,
      PULIH_LIMIT_TRACK: "1000",
      PULIH_SESSION_IDLE_MINUTES: "500000",
    },
    process.cwd(),
  );
  server = await startServer(settings, { now: portal.clock.now, log: () => undefined });
  stack.defer(() => server.close());
  browser = await launchBrowser();
  stack.defer(() => browser.close());
}, 120_000);

afterEach(async () => {
  for (const context of open.splice(0)) await context.close();
});

afterAll(() => stack.disposeAsync());

async function seat(by: Official, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.base,
    locale: "id-ID",
    javaScriptEnabled: false,
    ...options,
  });
  await context.addCookies(
    by.cookie.split("; ").map((pair) => {
      const at = pair.indexOf("=");
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: server.base };
    }),
  );
  open.push(context);
  return context.newPage();
}

async function toRestore(reason: string): Promise<Submitted> {
  const request = await submit(portal, KALTIM, { alasan: reason, jenis: "restore" });
  await walk(office, KALTIM, request, {
    targets,
    agent,
    until: (view) => view.next?.act === "laksana",
  });
  return request;
}

const pathOf = ({ ref }: Submitted) => `/ruang-kerja/permohonan/${ref}/`;

/** By keyboard alone: to the button and Enter. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).focus();
  const answered = page.waitForEvent("load");
  await page.keyboard.press("Enter");
  await answered;
}

describe("an official without JavaScript", () => {
  it("looks before the restore, restores, asks, and another approves", async () => {
    const request = await toRestore("CONTOH pulih");
    const desk = await seat(pengelola, { viewport: { width: 390, height: 844 } });
    await desk.goto(pathOf(request));
    const panel = desk.locator("#pratinjau");
    expect(await panel.textContent()).toContain("di luar SOP");
    await press(desk, "Buat pratinjau");
    expect(await panel.textContent()).toContain("Menunggu agen");
    expect(await panel.getByRole("button").count()).toBe(0);
    await agent.work();
    await desk.reload();
    expect(await panel.textContent()).toContain(SENTENCE);
    expect(await desk.locator("#sekarang").textContent(), "beside the decision").toContain(
      SENTENCE,
    );
    expect(await panel.locator("tbody tr").first().textContent()).toContain("public.pegawai");
    expect(await panel.textContent()).toContain("6 tabel lain juga berubah");
    await press(desk, "Perintahkan agen bekerja");
    expect(await panel.textContent()).not.toContain("Pratinjau perubahan");
    await agent.work();

    await desk.reload();
    const kept = desk.locator("#salinan");
    expect(await kept.textContent()).toContain("Disimpan sebagai nama lama.");
    const ask = kept.locator("details", { hasText: "Minta data dikembalikan" });
    await ask.locator("summary").focus();
    await desk.keyboard.press("Enter");
    await press(desk, "Minta data dikembalikan");
    expect(await desk.title()).toMatch(/^Galat: /);
    const mend = (await desk.locator(".error-summary li a").first().getAttribute("href")) ?? "";
    expect(await desk.locator(mend).count()).toBe(1);
    await desk.locator(mend).fill("CONTOH salah cadangan");
    await press(desk, "Minta data dikembalikan");
    expect(await kept.textContent()).toContain("Menunggu persetujuan");
    expect(await kept.getByRole("button").allTextContents()).toEqual(["Tarik permintaan saya"]);

    const other = await seat(pengawas);
    await other.goto("/ruang-kerja/");
    const item = other.locator("section", { has: other.locator("#kotak-di-luar-sop") });
    expect(await item.textContent()).toContain("Tanpa batas waktu");
    await item.getByRole("link", { name: "Pengembalian ke data sebelum pemulihan" }).click();
    expect(await other.locator("#salinan").textContent()).toContain("CONTOH salah cadangan");
    await press(other, "Setujui pengembalian");
    expect(await other.locator("#salinan").textContent()).toContain("Agen bekerja");
    await agent.work();
    await other.reload();
    expect(await other.locator("#salinan").textContent()).toContain("Sudah dikembalikan");
    await other.goto("/ruang-kerja/");
    expect(await other.locator("#kotak-di-luar-sop").count()).toBe(0);

    const outside = await seat({ ...pengawas, cookie: "x=y" });
    await outside.goto(`/lacak/?nomor=${request.ref}&kode=${request.code}`);
    const told = await outside.locator("main").textContent();
    expect(told).toContain("Data dikembalikan ke keadaan sebelum pemulihan.");
    expect(told).not.toMatch(/public\.pegawai|nama lama|salah cadangan/);
  });

  it("fits 320 px, a dark room and paper, and axe finds nothing", async () => {
    const request = await toRestore("CONTOH sempit");
    const desk = await seat(pengelola, { viewport: { width: 320, height: 800 } });
    await desk.goto(pathOf(request));
    await press(desk, "Buat pratinjau");
    await agent.work();
    await desk.reload();
    await press(desk, "Perintahkan agen bekerja");
    await agent.work();
    const again = await toRestore("CONTOH sempit lagi");
    await desk.goto(pathOf(again));
    await press(desk, "Buat pratinjau");
    await agent.work();
    for (const [at, colorScheme] of [
      [again, "light"],
      [again, "dark"],
      [request, "light"],
      [request, "dark"],
    ] as const) {
      const page = await seat(pengelola, {
        javaScriptEnabled: true,
        colorScheme,
        viewport: { width: 320, height: 800 },
      });
      await page.goto(pathOf(at));
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${colorScheme} at 320 px`).toBe(0);
      expect(await axe(page)).toEqual([]);
      await page.emulateMedia({ media: "print", colorScheme });
      expect(
        await page.locator("#pratinjau button, #salinan button").filter({ visible: true }).count(),
      ).toBe(0);
      if (at === again) expect(await page.getByText(SENTENCE).first().isVisible()).toBe(true);
    }
  });
});
