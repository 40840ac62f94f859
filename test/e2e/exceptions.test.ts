/**
 * What no source SOP has, on the pages of both sides: returns, a refusal, a cancellation, lateness, a
 * change of officials, a question. Without JavaScript, on a phone, by a clock that is moved.
 */
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Sop } from "#domain/sop/schema.ts";
import { submissionForm } from "#domain/workflow/form.ts";
import type { RunningServer } from "#functions/http/server.ts";
import { assignPosition } from "#functions/services/people/assign-position.ts";
import { launchBrowser } from "#support/browser.ts";
import { assertBuilt, dist } from "#support/built-site.ts";
import { hire, type Official, startTestServer, testClock } from "#support/server.ts";

const SLUG = "kukar-restore-vps-vm";
const MINUTE = 60_000;
const stack = new AsyncDisposableStack();
const open: BrowserContext[] = [];
/** A Monday, nine in the morning where the agency is. */
const clock = testClock("2026-11-23T01:00:00.000Z");
let server: RunningServer;
let browser: Browser;
let sop: Sop;
let head: Official;

const send = (path: string, init?: RequestInit) =>
  fetch(new URL(path, server.base), { ...init, redirect: "manual" });

beforeAll(async () => {
  assertBuilt();
  server = stack.use(await startTestServer({ env: { PULIH_DIST: dist }, clock }));
  const entry = server.deps.catalog.sops.get(SLUG);
  if (!entry) throw new Error(`no SOP ${SLUG}`);
  sop = entry.sop;
  browser = await launchBrowser();
  stack.defer(() => browser.close());
  head = await hire(server.deps, send, sop.instansi, "kepala-dinas", { name: "CONTOH Kadis" });
}, 60_000);
afterEach(async () => {
  await Promise.all(open.splice(0).map((context) => context.close()));
});
afterAll(() => stack.disposeAsync());

interface Sent {
  readonly ref: string;
  readonly code: string;
}

async function submit(opd: string): Promise<Sent> {
  const filled = submissionForm(sop)
    .filter(({ type }) => type !== "file")
    .map(({ name, type, options, label }) => {
      const value = type === "email" ? "contoh@opd.contoh.go.id" : `CONTOH ${label}`;
      return [name, type === "select" ? (options[0]?.value ?? "") : value];
    });
  const answer = await send("/api/requests", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ ...Object.fromEntries(filled), sop: SLUG, opd }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { data: Sent }).data;
}

/** A browser of one person; a pemohon has no cookie. */
async function seat(who: Pick<Official, "cookie"> | null): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.base,
    locale: "id-ID",
    javaScriptEnabled: false,
    viewport: { width: 390, height: 844 },
  });
  open.push(context);
  const cookies = (who?.cookie.split("; ") ?? []).map((pair) => {
    const at = pair.indexOf("=");
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: server.base };
  });
  await context.addCookies(cookies);
  return context.newPage();
}

async function atDesk(who: Official, { ref }: Sent): Promise<Page> {
  const page = await seat(who);
  await page.goto(`/ruang-kerja/permohonan/${ref}/`);
  return page;
}

async function atTracking({ ref, code }: Sent): Promise<Page> {
  const page = await seat(null);
  await page.goto(`/lacak/?nomor=${ref}&kode=${code}`);
  return page;
}

const act = (page: Page): Locator => page.locator('form[action$="/decisions"]').first();
const press = (at: Page | Locator, name: string) => at.getByRole("button", { name }).click();
const mistakes = (page: Page) => page.locator(".error-summary").count();

/** The disposisi, which asks for one instruction. */
async function instruct(page: Page): Promise<void> {
  for (const area of await act(page).locator("textarea").all()) await area.fill("CONTOH arahan");
  for (const list of await act(page).locator("select").all()) await list.selectOption({ index: 1 });
  await act(page).locator('button[value="perform"]').click();
}

/** Opens one of the forms beside the act, fills it, sends it. */
async function beside(page: Page, id: string, words: string, button: string): Promise<void> {
  const part = page.locator(`details#${id}`);
  await part.locator("summary").click();
  const list = part.locator("select").first();
  if (id === "tolak") await list.selectOption({ index: 1 });
  await part.locator("textarea").fill(words);
  await press(part, button);
  expect(await mistakes(page), words).toBe(0);
}

describe("a request, without JavaScript", () => {
  it("returned twice shows the official what the pemohon mended each time, and goes on", async () => {
    const sent = await submit("CONTOH Dinas Dikembalikan");
    for (const round of [1, 2]) {
      await beside(await atDesk(head, sent), "kembali", `CONTOH kurang ${round}`, "Kembalikan");
      const inbox = await seat(head);
      await inbox.goto("/ruang-kerja/");
      expect(await inbox.locator(".queue", { hasText: sent.ref }).count()).toBe(0);
      const page = await atTracking(sent);
      const form = page.locator('form[action$="/corrections"]');
      await form.getByLabel("Alasan permohonan").fill(`CONTOH alasan ${round}`);
      await form.getByLabel("Perbaikan yang Anda lakukan").fill(`CONTOH perbaikan ${round}`);
      await press(form, "Kirim perbaikan");
      expect(await mistakes(page)).toBe(0);
    }
    const page = await atDesk(head, sent);
    const reason = page.locator("#permohonan dt", { hasText: "Alasan permohonan" });
    const shown = await reason.locator("xpath=following-sibling::dd[1]").textContent();
    expect(shown).toContain("CONTOH alasan 2");
    expect(shown).toContain("diperbaiki");
    expect(shown).toContain("Semula: CONTOH");
    const talk = page.locator("#percakapan .rounds > li");
    expect(await talk.count()).toBe(2);
    expect(await talk.last().textContent()).toContain("CONTOH perbaikan 2");
    await instruct(page);
    expect(await mistakes(page)).toBe(0);
    expect(await page.locator("#prosedur tr.current").textContent()).toContain("Kepala Bidang");
  });

  it("refused by its official ends for both, with the kind of reason and the words", async () => {
    const sent = await submit("CONTOH Dinas Ditolak");
    const page = await atDesk(head, sent);
    await beside(page, "tolak", "CONTOH bukan wewenang", "Tolak permohonan");
    expect(await page.locator("#kepala").textContent()).toContain("Ditolak");
    expect(await page.locator('form[action$="/decisions"]').count()).toBe(0);
    expect(await page.locator("#linimasa li.outside").first().textContent()).toContain(
      "CONTOH bukan wewenang",
    );
    await page.goto("/ruang-kerja/permohonan/?keadaan=ditolak");
    expect(await page.locator("main").textContent()).toContain(sent.ref);
    const tracked = await atTracking(sent);
    expect(await tracked.locator("#bagian-kepala").textContent()).toContain("Ditolak");
    expect(await tracked.locator("#bagian-berkas").textContent()).toContain(
      "CONTOH bukan wewenang",
    );
  });

  it("cancelled while its official decides takes nothing more, and keeps their words", async () => {
    const sent = await submit("CONTOH Dinas Batal");
    const desk = await atDesk(head, sent);
    const page = await atTracking(sent);
    await page.locator("summary", { hasText: "Batalkan permohonan" }).click();
    await page.getByLabel("Alasan pembatalan").fill("CONTOH tidak jadi");
    await press(page, "Batalkan permohonan");
    expect(await page.locator("#bagian-kepala").textContent()).toContain("Dibatalkan");
    await instruct(desk);
    expect(await desk.title()).toMatch(/^Galat: /);
    const told = (await desk.locator("main").textContent()) ?? "";
    expect(told).toContain("CONTOH tidak jadi");
    expect(told).toContain("CONTOH arahan");
    await desk.goto("/ruang-kerja/");
    expect(await desk.locator(".queue", { hasText: sent.ref }).count()).toBe(0);
  });

  it("asked about stands still until it is answered, and then has the time it had left", async () => {
    const sent = await submit("CONTOH Dinas Ditanya");
    clock.advance(10 * MINUTE);
    const page = await atDesk(head, sent);
    const due = () => page.locator("#sekarang time").first().getAttribute("datetime");
    const before = Date.parse((await due()) ?? "");
    await beside(page, "tanya", "CONTOH server yang mana?", "Kirim pertanyaan");
    const still = (await page.locator("#sekarang").textContent()) ?? "";
    expect(still).toMatch(/Waktu (baku )?berhenti/);
    expect(still).not.toContain("Batas waktu");
    clock.advance(45 * MINUTE);
    const tracked = await atTracking(sent);
    expect(await tracked.locator("#bagian-kemajuan").textContent()).not.toContain("lewat waktu");
    await tracked.getByLabel("Jawaban Anda").fill("CONTOH server arsip");
    await press(tracked, "Kirim jawaban");
    await page.reload();
    expect(await page.locator("#percakapan").textContent()).toContain("CONTOH server arsip");
    expect(Date.parse((await due()) ?? "") - before).toBe(45 * MINUTE);
  });

  it("overdue comes first in the inbox, may still be done, and is told as late to both", async () => {
    const late = await submit("CONTOH Dinas Terlambat");
    clock.advance(35 * MINUTE);
    const fresh = await submit("CONTOH Dinas Baru");
    const page = await seat(head);
    await page.goto("/ruang-kerja/");
    const heading = page.locator("#kotak-masuk h2").first();
    expect(await heading.textContent()).toContain("Lewat batas");
    const groups = page.locator("#kotak-masuk section");
    expect(await groups.first().textContent()).toContain(late.ref);
    expect(await groups.first().textContent()).toContain("lewat 5 menit kerja");
    expect(await groups.first().textContent()).not.toContain(fresh.ref);
    expect(await page.locator("#kotak-masuk").textContent()).toContain(fresh.ref);
    await page.locator(`a[href*="${late.ref}"]`).first().click();
    await instruct(page);
    const second = page.locator("#prosedur tr", { has: page.locator(".step-mark.closed") }).last();
    expect(await second.textContent()).toContain("Selesai, lewat waktu");
    const tracked = await atTracking(late);
    expect(await tracked.locator("#bagian-kemajuan").textContent()).toContain(
      "selesai, lewat waktu",
    );
  });

  it("moves to the new Kepala Bidang overnight; the former one reads why and decides no more", {
    timeout: 240_000,
  }, async () => {
    const post = { agency: sop.instansi, jabatan: "kepala-bidang" } as const;
    const former = await hire(server.deps, send, post.agency, post.jabatan, {
      name: "CONTOH Kabid Lama",
      until: "2026-11-23",
    });
    const successor = await hire(server.deps, send, post.agency, post.jabatan, {
      name: "CONTOH Kabid Baru",
      since: "2026-11-24",
    });
    const sent = await submit("CONTOH Dinas Beralih");
    await instruct(await atDesk(head, sent));
    const old = await atDesk(former, sent);
    expect(await old.locator("#sekarang").textContent()).toContain("Tindakan Anda");
    const early = await seat(successor);
    await early.goto("/ruang-kerja/");
    expect(await early.locator(`a[href*="${sent.ref}"]`).count()).toBe(0);

    clock.set("2026-11-24T01:00:00.000Z");
    await assignPosition(server.deps, {
      email: former.email,
      agency: sop.instansi,
      jabatan: "jft",
      capacity: "definitif",
      since: "2026-11-24",
      until: null,
      decree: "CONTOH",
    });
    await instruct(old);
    expect(await old.title()).toMatch(/^Galat: /);
    expect(await old.locator(".error-summary").textContent()).toContain("bukan wewenang");
    expect(await old.locator("#sekarang").textContent()).toContain("menunggu Kepala Bidang");
    expect(await old.locator('form[action$="/decisions"]').count()).toBe(0);
    await old.goto("/ruang-kerja/");
    expect(await old.locator("#kotak-masuk").textContent()).toContain(
      "Jabatan Anda sebagai Kepala Bidang, Diskominfo Kukar, berakhir 23 November 2026",
    );
    expect(await old.locator(".queue", { hasText: sent.ref }).count()).toBe(0);
    const desk = await seat(successor);
    await desk.goto("/ruang-kerja/");
    await desk.locator(`a[href*="${sent.ref}"]`).first().click();
    await instruct(desk);
    expect(await mistakes(desk)).toBe(0);
    expect(await desk.locator("#linimasa").textContent()).toContain("CONTOH Kabid Baru");
  });
});
