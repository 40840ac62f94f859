/** The pemohon's page after the submission: mending, answering, waiting, ending; on a phone. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestView } from "#domain/workflow/view.ts";
import type { RunningServer } from "#functions/http/server.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser } from "#support/browser.ts";
import { assertBuilt, dist } from "#support/built-site.ts";
import { hire, type Official, startTestServer } from "#support/server.ts";

const SLUG = "kaltim-backup-restore-database";
const PDF = Buffer.from("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");

let browser: Browser;
let server: RunningServer;
let head: Official;

beforeAll(async () => {
  assertBuilt();
  server = await startTestServer({ env: { PULIH_DIST: dist } });
  browser = await launchBrowser();
  const verifier = sop().langkah[1]?.tindakan[0];
  const role = sop()
    .pelaksana.flatMap(({ peran }) => peran)
    .find(({ id }) => id === verifier?.oleh);
  head = await hire(server.deps, call, sop().instansi, role?.jabatan[0] ?? "", {});
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

function sop() {
  const entry = server.deps.catalog.sops.get(SLUG);
  if (!entry) throw new Error("SOP A is not in content");
  return entry.sop;
}

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(new URL(path, server.base), { redirect: "manual", ...init });
}

interface Sent {
  readonly ref: string;
  readonly code: string;
}

async function submit(alasan: string): Promise<Sent> {
  const answer = await call("/api/requests", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      sop: SLUG,
      jenis: "backup",
      opd: "CONTOH Dinas Pendidikan",
      nama: "CONTOH Siti",
      surel: "siti@opd.contoh.go.id",
      spesifikasi: "CONTOH SIMPEG",
      nomorSurat: "CONTOH/1",
      alasan,
    }),
  });
  return ((await answer.json()) as { data: Sent }).data;
}

/** What the official of the second step does. */
async function official({ ref }: Sent, given: Readonly<Record<string, string>>): Promise<void> {
  const headers = { cookie: head.cookie, "content-type": "application/json" };
  const view = (await (await call(`/api/requests/${ref}`, { headers })).json()) as {
    data: RequestView;
  };
  const decision = { act: view.data.next?.act, seen: view.data.head, ...given };
  const body = JSON.stringify(decision);
  const answer = await call(`/api/requests/${ref}/decisions`, { method: "POST", headers, body });
  expect(answer.status, await answer.clone().text()).toBe(200);
}

const giveBack = (sent: Sent, alasan: string) =>
  official(sent, { decision: "return", to: sop().langkah[0]?.tindakan[0]?.id ?? "", alasan });

async function pageOf({ ref, code }: Sent, javaScriptEnabled = false): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.base,
    locale: "id-ID",
    javaScriptEnabled,
    viewport: { width: 390, height: 844 },
  });
  const page = await context.newPage();
  await page.goto(`/lacak/?nomor=${ref}&kode=${code}`);
  return page;
}

describe("the page of a request, for its pemohon", () => {
  it("mends what was returned in its own fields, twice, the second time by a new letter", {
    timeout: 120_000,
  }, async () => {
    const sent = await submit("CONTOH dikembalikan");
    await giveBack(sent, "CONTOH nomor surat keliru");
    const page = await pageOf(sent);
    const card = page.locator("#bagian-sekarang");
    expect(await card.textContent()).toContain("CONTOH nomor surat keliru");
    const number = card.getByLabel("Nomor surat permohonan");
    expect(await number.inputValue()).toBe("CONTOH/1");
    await number.fill("CONTOH/2");
    await card.getByRole("button", { name: "Kirim perbaikan" }).click();
    expect(await page.title()).toMatch(/^Galat: /);
    expect(await number.inputValue()).toBe("CONTOH/2");
    await card.getByLabel("Perbaikan yang Anda lakukan").fill("CONTOH nomor dibetulkan");
    await card.getByRole("button", { name: "Kirim perbaikan" }).click();
    expect(await page.title()).not.toMatch(/^Galat: /);
    expect(await page.getByRole("button", { name: "Kirim perbaikan" }).count()).toBe(0);

    await giveBack(sent, "CONTOH surat belum ditandatangani");
    await page.reload();
    await card.getByLabel("Perbaikan yang Anda lakukan").fill("CONTOH surat baru");
    const file = { name: "surat.pdf", mimeType: "application/pdf", buffer: PDF };
    await card.getByLabel("Surat permohonan yang baru").setInputFiles(file);
    await card.getByRole("button", { name: "Kirim perbaikan" }).click();
    const talk = page.locator("section", { has: page.locator("#percakapan") });
    expect(await talk.getByRole("listitem").count()).toBe(2);
    expect(await talk.textContent()).toContain("CONTOH/2");
    expect(await page.locator("#bagian-berkas").textContent()).toMatch(/PDF/);
  });

  it("shows a question by itself while the page is open, takes the answer, and passes axe", {
    timeout: 120_000,
  }, async () => {
    const sent = await submit("CONTOH ditanya");
    const page = await pageOf(sent, true);
    expect(await axe(page)).toEqual([]);
    expect(await page.locator("#bagian-sekarang").textContent()).toContain("Biasanya selesai");
    await official(sent, { decision: "ask", pertanyaan: "CONTOH server yang mana?" });
    await page.getByRole("heading", { name: "Pertanyaan untuk Anda" }).waitFor();
    expect(await page.locator("blockquote").textContent()).toContain("CONTOH server yang mana?");
    const current = await page.locator('#bagian-kemajuan tr[aria-current="step"]').textContent();
    expect(current).toMatch(/waktu berhenti sejak .+, menunggu jawaban pemohon/);
    expect(current).not.toContain("batas");
    expect(await axe(page)).toEqual([]);
    await page.getByRole("button", { name: "Kirim jawaban" }).click();
    await page.locator("#galat:focus").waitFor();
    await page.getByLabel("Jawaban Anda").fill("CONTOH yang pertama");
    await page.getByRole("button", { name: "Kirim jawaban" }).click();
    await page.getByRole("heading", { name: "Tahap sekarang" }).waitFor();
    expect(await page.textContent("#bagian-berkas")).toContain("CONTOH yang pertama");
    expect(await axe(page)).toEqual([]);
  });

  it("keeps what is being typed when the request changes meanwhile, and says so", {
    timeout: 120_000,
  }, async () => {
    const sent = await submit("CONTOH mengetik");
    await official(sent, { decision: "ask", pertanyaan: "CONTOH pertanyaan" });
    const page = await pageOf(sent, true);
    await page.getByLabel("Jawaban Anda").fill("CONTOH setengah jad");
    await giveBack(sent, "CONTOH dikembalikan saja");
    await page.getByText("Ada perubahan.").waitFor();
    expect(await page.getByLabel("Jawaban Anda").inputValue()).toBe("CONTOH setengah jad");
  });

  it("tells of a refusal with its reason, and offers nothing more to do", async () => {
    const sent = await submit("CONTOH ditolak");
    await official(sent, {
      decision: "refuse",
      golongan: "ganda",
      alasan: "CONTOH sudah diajukan",
    });
    const page = await pageOf(sent);
    expect(await page.textContent("#bagian-kepala")).toContain("Ditolak");
    expect(await page.textContent("#bagian-berkas")).toContain("CONTOH sudah diajukan");
    expect(await page.locator("form[action^='/api/requests']").count()).toBe(0);
  });

  it("is cancelled by the pemohon with a reason", async () => {
    const sent = await submit("CONTOH dibatalkan");
    const page = await pageOf(sent, true);
    await page.getByText("Batalkan permohonan").first().click();
    await page.getByRole("button", { name: "Batalkan permohonan" }).click();
    expect(await page.getByLabel("Alasan pembatalan").isVisible()).toBe(true);
    await page.getByLabel("Alasan pembatalan").fill("CONTOH tidak jadi");
    await page.getByRole("button", { name: "Batalkan permohonan" }).click();
    await page.getByText("Dibatalkan", { exact: true }).waitFor();
    expect(await page.locator("form[action^='/api/requests']").count()).toBe(0);
  });
});
