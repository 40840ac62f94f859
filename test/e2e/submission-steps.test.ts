/** A request made by one thing a page, on a phone, without and with JavaScript. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "#functions/http/server.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser } from "#support/browser.ts";
import { assertBuilt, dist } from "#support/built-site.ts";
import { LETTER_NUMBER, officialLetter } from "#support/official-letter.ts";
import { startTestServer } from "#support/server.ts";

const SLUG = "kaltim-backup-restore-database";
const PHONE = { width: 320, height: 700 };

let browser: Browser;
let server: RunningServer;

beforeAll(async () => {
  assertBuilt();
  server = await startTestServer({ env: { PULIH_DIST: dist } });
  browser = await launchBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

function visitor(javaScriptEnabled: boolean): Promise<BrowserContext> {
  return browser.newContext({
    baseURL: server.base,
    locale: "id-ID",
    javaScriptEnabled,
    viewport: PHONE,
  });
}

const next = (page: Page) => page.getByRole("button", { name: "Lanjutkan", exact: true }).click();
const heading = (page: Page) => page.locator("h1").textContent();

async function fits(page: Page): Promise<void> {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width, page.url()).toBeLessThanOrEqual(PHONE.width);
}

async function fillPemohon(page: Page): Promise<void> {
  await page.getByLabel("Nama perangkat daerah (OPD)").fill("CONTOH Dinas Pendidikan");
  await page.getByLabel("Nama lengkap pemohon").fill("CONTOH Siti");
  await page.getByLabel("Alamat surel dinas").fill("siti@opd.contoh.go.id");
}

describe("a request in steps", () => {
  it("goes without JavaScript from the SOP page to the receipt, and back to an answer to change it", {
    timeout: 120_000,
  }, async () => {
    const page = await (await visitor(false)).newPage();
    await page.goto(`/sop/${SLUG}/`);
    await page.getByRole("link", { name: "mengisi langkah demi langkah" }).click();
    await page.getByRole("link", { name: "Mulai" }).click();
    await page.getByLabel("Apa yang Anda perlukan?").selectOption("restore");
    await next(page);
    expect(await page.textContent("main")).toContain("Langkah 2 dari 7");
    await fillPemohon(page);
    await next(page);
    await page.getByLabel("Nama").fill("CONTOH SIMPEG");
    await page.getByLabel("Jenis").selectOption("aplikasi");
    await page.getByRole("button", { name: "Tambah baris" }).click();
    const second = page.getByRole("group", { name: "Baris 2" });
    await second.getByLabel("Nama").fill("CONTOH yang keliru");
    await second.getByRole("button", { name: "Hapus baris 2" }).click();
    expect(await page.getByRole("group", { name: "Baris 2" }).count()).toBe(0);
    expect(await page.getByLabel("Nama").inputValue()).toBe("CONTOH SIMPEG");
    await next(page);
    await next(page);
    await next(page);
    await page.getByLabel("Alasan permohonan").fill("CONTOH alasan");
    await next(page);
    await next(page);
    expect(await heading(page)).toBe("Periksa jawaban Anda sebelum mengirim");
    await page.getByRole("link", { name: "Ubah nama lengkap pemohon" }).click();
    await page.getByLabel("Nama lengkap pemohon").fill("CONTOH Rahma");
    await next(page);
    expect(await heading(page)).toBe("Periksa jawaban Anda sebelum mengirim");
    expect(await page.textContent("main")).toContain("CONTOH Rahma");
    await page.getByRole("button", { name: "Kirim permohonan" }).click();
    expect(new URL(page.url()).pathname).toBe("/lacak/");
    expect(await page.textContent("#konfirmasi")).toContain("Permohonan diterima");
    await page.reload();
    expect(await page.textContent("main")).toContain("CONTOH Rahma");
  });

  it("puts the focus on what is to be mended, keeps what was typed, and passes axe at 320 px", {
    timeout: 120_000,
  }, async () => {
    const page = await (await visitor(true)).newPage();
    await page.goto(`/sop/${SLUG}/ajukan/`);
    expect(await axe(page)).toEqual([]);
    await page.getByRole("link", { name: "Mulai" }).click();
    await page.getByLabel("Apa yang Anda perlukan?").selectOption("restore");
    await next(page);
    await page.getByLabel("Nama lengkap pemohon").fill("CONTOH Siti");
    await next(page);
    expect(await page.title()).toMatch(/^Galat: /);
    await page.locator("#galat:focus").waitFor();
    expect(await page.getByLabel("Nama lengkap pemohon").inputValue()).toBe("CONTOH Siti");
    expect(await axe(page)).toEqual([]);
    await fits(page);
    await page.locator(".error-summary").getByRole("link").first().click();
    await page.locator("#isian-opd:focus").waitFor();
    await fillPemohon(page);
    await next(page);
    await page.getByRole("button", { name: "Tambah baris" }).click();
    expect(await axe(page)).toEqual([]);
    await fits(page);
    await page.getByLabel("Nama").first().fill("CONTOH SIMPEG");
    await page.getByLabel("Jenis").first().selectOption("server");
    for (let step = 3; step < 6; step += 1) {
      await next(page);
      expect(await axe(page)).toEqual([]);
      await fits(page);
    }
    await page.goBack();
    await page.goForward();
    await page.goto(page.url().replace(/\/[a-z]+\/\?/, "/periksa/?"));
    expect(await axe(page)).toEqual([]);
    await fits(page);
    await page.getByRole("button", { name: "Kirim permohonan" }).click();
    await page.locator("#galat:focus").waitFor();
    await page
      .locator(".error-summary")
      .getByRole("link", { name: "Isi alasan permohonan." })
      .click();
    await page.getByLabel("Alasan permohonan").fill("CONTOH");
    await next(page);
    await page.getByRole("button", { name: "Kirim permohonan" }).click();
    await page.waitForURL(/\/lacak\//);
    expect(await axe(page)).toEqual([]);
    await fits(page);
  });

  it("goes on at another device by the saved link, and is gone everywhere once it was deleted", {
    timeout: 120_000,
  }, async () => {
    const phone = await (await visitor(false)).newPage();
    await phone.goto(`/sop/${SLUG}/ajukan/layanan/`);
    await phone.getByLabel("Apa yang Anda perlukan?").selectOption("backup");
    await next(phone);
    await fillPemohon(phone);
    await phone.getByRole("button", { name: "Simpan dan lanjutkan nanti" }).click();
    expect(await heading(phone)).toBe("Konsep permohonan tersimpan");
    const link = (await phone.locator(".secret-link").textContent()) ?? "";
    expect(link.startsWith(`${server.base}/sop/${SLUG}/ajukan/?konsep=`)).toBe(true);

    const desk = await (await visitor(true)).newPage();
    await desk.goto(link);
    expect(await axe(desk)).toEqual([]);
    await desk.getByRole("link", { name: "Pemohon" }).click();
    expect(await desk.getByLabel("Nama lengkap pemohon").inputValue()).toBe("CONTOH Siti");
    await desk.goto(link);
    await desk.getByText("Hapus konsep ini").click();
    await desk.getByRole("button", { name: "Hapus konsep" }).click();
    expect(await desk.textContent("main")).toContain("Konsep permohonan sudah dihapus.");
    const answer = await phone.goto(link);
    expect(answer?.status()).toBe(404);
    expect(await phone.textContent("main")).not.toContain("CONTOH Siti");
  });

  it("shows on the check page what it read in the letter, and offers the number beside its field", {
    timeout: 120_000,
  }, async () => {
    const page = await (await visitor(true)).newPage();
    await page.goto(`/sop/${SLUG}/ajukan/layanan/`);
    await page.getByLabel("Apa yang Anda perlukan?").selectOption("backup");
    await next(page);
    await page.goto(page.url().replace("/pemohon/", "/surat/"));
    const buffer = Buffer.from(await officialLetter());
    const file = { name: "surat.pdf", mimeType: "application/pdf", buffer };
    await page.getByLabel("Surat permohonan (opsional)", { exact: true }).setInputFiles(file);
    await next(page);
    expect(await heading(page)).toBe("Periksa jawaban Anda sebelum mengirim");
    const main = await page.textContent("main");
    expect(main).toContain(`Nomor surat terbaca: ${LETTER_NUMBER}`);
    expect(main).toContain("Tidak ada tanda tangan elektronik");
    expect(await axe(page)).toEqual([]);
    await page.getByRole("link", { name: "Ubah nomor surat permohonan" }).click();
    const number = page.getByLabel("Nomor surat permohonan (opsional)");
    expect(await number.inputValue()).toBe("");
    expect(await page.textContent("#isian-nomorSurat-petunjuk")).toContain(LETTER_NUMBER);
    expect(await axe(page)).toEqual([]);
  });

  it("can be filled and sent by the keyboard alone, where Enter goes on and drops no row", {
    timeout: 120_000,
  }, async () => {
    const page = await (await visitor(false)).newPage();
    await page.goto(`/sop/${SLUG}/ajukan/layanan/`);
    const tabTo = async (name: string): Promise<void> => {
      for (let tabs = 0; tabs < 60; tabs += 1) {
        await page.keyboard.press("Tab");
        if (await page.locator(`[name="${name}"]:focus`).count()) return;
      }
      throw new Error(`no way to ${name}`);
    };
    const type = async (name: string, text: string): Promise<void> => {
      await tabTo(name);
      await page.keyboard.type(text);
    };
    const enter = async (): Promise<void> => {
      await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
    };
    await tabTo("jenis");
    await page.keyboard.press("ArrowDown");
    await tabTo("aksi");
    await enter();
    await type("opd", "CONTOH Dinas");
    await type("nama", "CONTOH Siti");
    await type("surel", "siti@opd.contoh.go.id");
    await enter();
    await type("sistemNama", "CONTOH SIMPEG");
    await tabTo("sistemJenis");
    await page.keyboard.press("ArrowDown");
    await tabTo("sistemKeterangan");
    await enter();
    await type("kodeAset", "");
    await enter();
    await type("alasan", "CONTOH");
    await tabTo("catatanWaktu");
    await enter();
    await type("nomorSurat", "CONTOH/1");
    await enter();
    expect(await heading(page)).toBe("Periksa jawaban Anda sebelum mengirim");
    expect(await page.textContent("main")).toContain("CONTOH SIMPEG (Server)");
    const send = page.locator("button:focus", { hasText: "Kirim permohonan" });
    for (let tabs = 0; tabs < 60 && (await send.count()) === 0; tabs += 1) {
      await page.keyboard.press("Tab");
    }
    await enter();
    expect(await page.textContent("#konfirmasi")).toContain("Permohonan diterima");
  });

  it("sends its pages compressed to browsers that take it", async () => {
    const plain = await fetch(`${server.base}/sop/${SLUG}/ajukan/`, {
      headers: { "accept-encoding": "identity" },
    });
    const small = await fetch(`${server.base}/sop/${SLUG}/ajukan/`, {
      headers: { "accept-encoding": "br" },
    });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(small.headers.get("content-encoding")).toBe("br");
    expect(small.headers.get("vary")).toBe("accept-encoding");
    expect(await small.text()).toBe(await plain.text());
    expect(Number(small.headers.get("content-length"))).toBeLessThan(
      Number((await (await fetch(plain.url)).arrayBuffer()).byteLength) / 2,
    );
  });
});
