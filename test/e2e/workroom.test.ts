/** The officials' room as they meet it: with and without JavaScript, by keyboard, on a small screen. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { roleOf } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { submissionForm } from "#domain/workflow/form.ts";
import type { RequestView } from "#domain/workflow/view.ts";
import type { RunningServer } from "#functions/http/server.ts";
import { JobEvent, ProgressPhase } from "#protocol/v1.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser } from "#support/browser.ts";
import { assertBuilt, dist } from "#support/built-site.ts";
import { multiply } from "#support/request-crowd.ts";
import { hire, type Official, startTestServer } from "#support/server.ts";

const SLUG = "kaltim-backup-restore-database";
const stack = new AsyncDisposableStack();
let server: RunningServer;
let browser: Browser;
let sop: Sop;
/** Two people for the first act of the officials, one for the next. */
let first: Official;
let deputy: Official;
let request: { ref: string; code: string };

const send = (path: string, init?: RequestInit) =>
  fetch(new URL(path, server.base), { ...init, redirect: "manual" });

async function json<T>(path: string, cookie: string, body?: unknown): Promise<T> {
  const answer = await send(path, {
    headers: { "content-type": "application/json", accept: "application/json", cookie },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { data: T }).data;
}

async function submit(opd: string): Promise<{ ref: string; code: string }> {
  const filled = submissionForm(sop)
    .filter(({ type }) => type !== "file")
    .map(({ name, type, options, label }) => {
      const value = type === "email" ? "contoh@opd.contoh.go.id" : `CONTOH ${label}`;
      return [name, type === "select" ? (options[0]?.value ?? "") : value];
    });
  return json("/api/requests", "", { ...Object.fromEntries(filled), sop: SLUG, opd });
}

const view = (by: Official) => json<RequestView>(`/api/requests/${request.ref}`, by.cookie);

/** What one who is not at a browser of these tests decides meanwhile. */
async function ask(by: Official, question: string): Promise<void> {
  const { next, head } = await view(by);
  await json(`/api/requests/${request.ref}/decisions`, by.cookie, {
    act: next?.act,
    seen: head,
    decision: "ask",
    pertanyaan: question,
  });
}

async function seat(by: Official, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.base, locale: "id-ID", ...options });
  await context.addCookies(
    by.cookie.split("; ").map((pair) => {
      const at = pair.indexOf("=");
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: server.base };
    }),
  );
  open.push(context);
  return context.newPage();
}
const open: BrowserContext[] = [];

const page = () => `/ruang-kerja/permohonan/${request.ref}/`;
const act = (at: Page) => at.locator('form[action$="/decisions"]').first();

async function fill(at: Page, words: string): Promise<void> {
  for (const box of await act(at).locator('input[name="tick"]').all()) await box.check();
  for (const area of await act(at).locator("textarea").all()) await area.fill(words);
  for (const list of await act(at).locator("select").all()) await list.selectOption({ index: 1 });
}

beforeAll(async () => {
  assertBuilt();
  server = await startTestServer({ env: { PULIH_DIST: dist } });
  stack.defer(() => server.close());
  const entry = server.deps.catalog.sops.get(SLUG);
  if (!entry) throw new Error("SOP A is not in content");
  sop = entry.sop;
  browser = await launchBrowser();
  stack.defer(() => browser.close());
  const begun = await submit("CONTOH Dinas Awal");
  const seen = await json<RequestView>(`/api/requests/${begun.ref}?kode=${begun.code}`, "");
  const jabatan = roleOf(sop, seen.next?.role ?? "").jabatan[0] ?? "";
  first = await hire(server.deps, send, sop.instansi, jabatan, { name: "CONTOH Satu" });
  deputy = await hire(server.deps, send, sop.instansi, jabatan, {
    name: "CONTOH Dua",
    capacity: "plh",
  });
});

beforeEach(async () => {
  for (const context of open.splice(0)) await context.close();
  request = await submit(`CONTOH Dinas ${crypto.randomUUID().slice(0, 8)}`);
});

afterAll(() => stack.disposeAsync());

describe("without JavaScript", () => {
  const still = { javaScriptEnabled: false } as const;

  it("an official goes from the inbox to the act, and finds it among what was sent on", async () => {
    const desk = await seat(first, still);
    await desk.goto("/ruang-kerja/");
    const item = desk.locator(".queue li", { hasText: request.ref });
    expect(await item.textContent()).toContain("Anda sebagai");
    await item.getByRole("link").click();
    await fill(desk, "CONTOH instruksi");
    await act(desk).locator('button[value="perform"]').click();
    expect(await desk.locator(".error-summary").count()).toBe(0);
    expect(await desk.locator("#prosedur tr.current").textContent()).toContain("Sekarang di sini");
    expect(await desk.locator("#kelengkapan").textContent()).toContain("CONTOH Satu");
    await desk.goto("/ruang-kerja/");
    expect(await desk.locator(".queue", { hasText: request.ref }).count()).toBe(0);
    expect(await desk.locator("#diteruskan").textContent()).toContain(request.ref);
  });

  it("the second of two who decide is told what happened, with the words still there", async () => {
    const desk = await seat(deputy, still);
    await desk.goto(page());
    await fill(desk, "CONTOH kata yang panjang");
    await ask(first, "CONTOH yang mana?");
    await act(desk).locator('button[value="perform"]').click();
    expect(await desk.title()).toMatch(/^Galat: /);
    const told = await desk.locator("section", { has: desk.locator("#berubah") }).textContent();
    expect(told).toContain("CONTOH yang mana?");
    expect(told).toContain("CONTOH Satu");
    const kept = act(desk).locator("textarea").first();
    expect(await kept.inputValue()).toBe("CONTOH kata yang panjang");
    await act(desk).locator('button[value="perform"]').click();
    expect(await desk.locator(".error-summary").count()).toBe(0);
  });

  it("gives the words back also where the act is no longer theirs", async () => {
    const desk = await seat(deputy, still);
    await desk.goto(page());
    await fill(desk, "CONTOH kata yang terlambat");
    const colleague = await seat(first, still);
    await colleague.goto(page());
    await fill(colleague, "CONTOH lebih dulu");
    await act(colleague).locator('button[value="perform"]').click();
    await act(desk).locator('button[value="perform"]').click();
    expect(await desk.getByText("CONTOH kata yang terlambat").count()).toBeGreaterThan(0);
    expect(await desk.getByText("Isian Anda yang belum terkirim").count()).toBe(1);
  });

  it("asks, returns and refuses apart from the act, each with its own mistakes", async () => {
    const desk = await seat(first, still);
    await desk.goto(page());
    for (const [id, button] of [
      ["tanya", "Kirim pertanyaan"],
      ["kembali", "Kembalikan"],
      ["tolak", "Tolak permohonan"],
    ] as const) {
      const part = desk.locator(`details#${id}`);
      expect(await part.locator("summary").textContent()).toContain("di luar SOP");
      await part.locator("summary").click();
      await part.getByRole("button", { name: button }).click();
      expect(await desk.locator(`details#${id}`).getAttribute("open")).not.toBeNull();
      const link = desk.locator(".error-summary li a").first();
      const target = (await link.getAttribute("href")) ?? "";
      expect(target).toMatch(new RegExp(`^#${id}-`));
      expect(await desk.locator(target).count()).toBe(1);
    }
    await desk.locator("details#tanya summary").click();
    await desk.locator("details#tanya textarea").fill("CONTOH server yang mana?");
    await desk.getByRole("button", { name: "Kirim pertanyaan" }).click();
    expect(await desk.locator("#percakapan").textContent()).toContain("CONTOH server yang mana?");
    expect(await desk.locator("#percakapan").textContent()).toContain("Belum dijawab");
    expect(await desk.locator("details#tanya").count()).toBe(0);
    await desk.goto("/ruang-kerja/");
    const waiting = desk.locator("section", { has: desk.locator("#kotak-menunggu") });
    expect(await waiting.textContent()).toContain(request.ref);
  });
});

describe("with JavaScript", () => {
  it("shows what another decided, says so, and leaves the focus where it was", async () => {
    const desk = await seat(deputy);
    await desk.goto(page());
    const link = desk.locator("#prosedur, .staff-nav a").first();
    await link.focus();
    await ask(first, "CONTOH pertanyaan baru");
    await desk.locator("#percakapan", { hasText: "CONTOH pertanyaan baru" }).waitFor();
    expect(await desk.locator('[role="status"]').textContent()).toMatch(/^Halaman diperbarui\./);
    expect(await link.evaluate((one) => one === document.activeElement)).toBe(true);
    const answered = await desk.locator("#linimasa").textContent();
    expect(answered).toContain("Pemohon ditanya");
  });

  it("never takes away what somebody types, and tells them instead", async () => {
    const desk = await seat(deputy);
    await desk.goto(page());
    const area = act(desk).locator("textarea").first();
    await area.fill("CONTOH belum selesai");
    await ask(first, "CONTOH menyela");
    await desk.getByRole("status").getByRole("link", { name: "Muat ulang" }).waitFor();
    expect(await area.inputValue()).toBe("CONTOH belum selesai");
    expect(await area.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await desk.locator("#linimasa").textContent()).toContain("CONTOH menyela");
  });

  it("brings a new request into the inbox", async () => {
    const desk = await seat(first);
    const connected = desk.waitForResponse((answer) => answer.url().endsWith("/inbox/stream"));
    await desk.goto("/ruang-kerja/");
    await connected;
    const fresh = await submit("CONTOH Dinas Susulan");
    await desk.locator(".queue", { hasText: fresh.ref }).waitFor();
    expect(await desk.getByRole("status").textContent()).toMatch(/tindakan menunggu Anda/);
  });

  it("shows the progress of a job as the agent tells it", async () => {
    const desk = await seat(first);
    const connected = desk.waitForResponse((answer) => answer.url().endsWith("/stream"));
    await desk.goto(page());
    await connected;
    await desk.evaluate(() => {
      const job = document.createElement("article");
      job.dataset["job"] = "contoh";
      job.append(document.createElement("progress"), document.createElement("p"));
      job.querySelector("progress")?.setAttribute("max", "100");
      job.querySelector("p")?.setAttribute("data-message", "");
      document.getElementById("agen")?.append(job);
    });
    const event = JobEvent.parse({
      seq: 1,
      t: new Date().toISOString(),
      alias: null,
      phase: ProgressPhase.options[0],
      percent: 40,
      bytes: null,
      message: "CONTOH 40 persen",
    });
    server.deps.progress.progressed(request.ref.replaceAll("-", ""), "contoh", [event]);
    await desk.getByText("CONTOH 40 persen").waitFor();
    expect(await desk.locator("#agen progress").getAttribute("value")).toBe("40");
  });

  it("stays small", async () => {
    const desk = await seat(first);
    const scripts: number[] = [];
    desk.on("response", async (answer) => {
      if (answer.url().endsWith(".js")) scripts.push((await answer.body()).byteLength);
    });
    await desk.goto(page(), { waitUntil: "load" });
    expect(scripts.reduce((sum, size) => sum + size, 0)).toBeLessThan(5_000);
  });
});

describe("for everybody", () => {
  it("is done by keyboard alone, the act in few steps from the top", async () => {
    const desk = await seat(first);
    await desk.goto(page());
    await desk.keyboard.press("Tab");
    await desk.keyboard.press("Enter");
    await desk.keyboard.press("Tab");
    while (
      (await desk.evaluate(() => document.activeElement?.textContent)) !== "Langsung ke tindakan"
    ) {
      await desk.keyboard.press("Tab");
    }
    await desk.keyboard.press("Enter");
    let steps = 0;
    const at = () => desk.evaluate(() => document.activeElement?.getAttribute("name") ?? "");
    while ((await at()) !== "decision") {
      await desk.keyboard.press("Tab");
      steps += 1;
      const tag = await desk.evaluate(() => document.activeElement?.tagName);
      if ((await at()) === "tick") await desk.keyboard.press("Space");
      else if (tag === "SELECT") await desk.keyboard.press("ArrowDown");
      else if (tag === "TEXTAREA") await desk.keyboard.type("CONTOH ketikan");
      if (steps > 15) throw new Error("the button is too far away");
    }
    await Promise.all([desk.waitForNavigation(), desk.keyboard.press("Enter")]);
    expect(await desk.locator(".error-summary").count()).toBe(0);
    expect(await desk.locator("#linimasa").textContent()).toContain("CONTOH ketikan");
  });

  it("fits a small screen and has no accessibility violation, empty, long, light and dark", async () => {
    await multiply(server.deps, request.ref, 200, {
      dueIn: (at) => (at % 4) * 600 - 900,
      opd: (at) => `CONTOH Dinas Perpustakaan dan Kearsipan ${at}`,
    });
    await ask(first, "CONTOH yang mana?");
    const paths = [
      "/ruang-kerja/",
      "/ruang-kerja/?halaman=4",
      "/ruang-kerja/permohonan/?keadaan=diproses&lewat=1",
      "/ruang-kerja/permohonan/?keadaan=ditolak",
      page(),
    ];
    for (const [colorScheme, looked] of [
      ["light", paths],
      ["dark", paths.slice(-2)],
    ] as const) {
      const desk = await seat(first, { colorScheme, viewport: { width: 320, height: 640 } });
      for (const path of looked) {
        await desk.goto(path);
        const width = await desk.evaluate(() => document.documentElement.scrollWidth);
        expect(width, path).toBeLessThanOrEqual(320);
        expect(await axe(desk)).toEqual([]);
      }
    }
  });

  it("prints the record without forms and navigation", async () => {
    const desk = await seat(first);
    await desk.goto(page());
    await desk.emulateMedia({ media: "print" });
    for (const hidden of [".staff-nav", "form", "details", ".skip-link"]) {
      expect(await desk.locator(`main ${hidden}`).first().isVisible(), hidden).toBe(false);
    }
    for (const shown of ["#permohonan", "#prosedur", "#linimasa"]) {
      expect(await desk.locator(shown).isVisible(), shown).toBe(true);
    }
  });
});
