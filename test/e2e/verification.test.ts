import { createHash } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axe } from "#support/axe.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { type IssuedLetter, type LetterSite, openLetterSite } from "#support/letter-site.ts";
import { tempDir } from "#support/temp-dir.ts";

let site: LetterSite;
let browser: Browser;
let letter: IssuedLetter;
beforeAll(async () => {
  [site, browser] = await Promise.all([openLetterSite(), launchBrowser()]);
  const [first] = site.letters;
  if (!first) throw new Error("no letter was signed");
  letter = first;
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

const result = (page: Page) => page.locator("#cocokkan [role=status] .note");
const choose = (page: Page, buffer: Buffer) =>
  page
    .getByLabel("Pilih berkas PDF surat")
    .setInputFiles({ name: "surat.pdf", mimeType: "application/pdf", buffer });

describe("verifying a letter in a browser", () => {
  it("leads from the typed code to the letter by keyboard, without scripts", async () => {
    await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      await page.goto(`${site.server.base}/verifikasi/`);
      await page.getByLabel("Kode verifikasi").focus();
      await page.keyboard.type(` ${letter.code.toLowerCase().replace(/(.{5})/, "$1-")} `);
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/verifikasi/${letter.code}/`);
      expect(await page.locator("dl.facts").textContent()).toContain(letter.title);
      expect(await page.locator(".fingerprint").textContent()).toBe(letter.sha256);
      expect(await page.locator("input[type=file]").isVisible()).toBe(false);
      await page.getByText("Memeriksa dengan alat sendiri").click();
      expect(await page.getByText("sha256sum surat.pdf").isVisible()).toBe(true);
    });
  });

  it("knows the right file from a changed one, and sends no byte of it anywhere", async () => {
    await withPage(browser, {}, async (page) => {
      await page.goto(`${site.server.base}/verifikasi/`);
      expect(await axe(page)).toEqual([]);
      await page.goto(`${site.server.base}/verifikasi/${letter.code}/`);
      const sent: string[] = [];
      page.on("request", (request) => {
        if (request.method() !== "GET" || request.postData()) sent.push(request.url());
      });
      expect(createHash("sha256").update(letter.pdf).digest("hex")).toBe(letter.sha256);
      await choose(page, letter.pdf);
      await result(page).getByText("Cocok, tetapi CONTOH:").waitFor();
      const changed = Buffer.from(letter.pdf);
      changed[changed.length - 3] = 32;
      await choose(page, changed);
      await result(page).getByText("Tidak cocok:").waitFor();
      expect(await axe(page)).toEqual([]);
      await using directory = await tempDir();
      const large = join(directory.path, "besar.pdf");
      await writeFile(large, letter.pdf);
      await truncate(large, 20_000_001);
      await page.getByLabel("Pilih berkas PDF surat").setInputFiles(large);
      await result(page).getByText("Belum dapat diperiksa:").waitFor();
      expect(sent).toEqual([]);
    });
  });

  it("says what to do where the code is unknown, and puts the reader at the mistake", async () => {
    await withPage(browser, { viewport: { width: 320, height: 700 } }, async (page) => {
      await page.goto(`${site.server.base}/verifikasi/ABC2DEF3GH/`);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("galat");
      expect(await axe(page)).toEqual([]);
      const wide = () =>
        document.documentElement.scrollWidth > document.documentElement.clientWidth;
      expect(await page.evaluate(wide)).toBe(false);
      await page.goto(`${site.server.base}/verifikasi/${letter.code}/`);
      expect(await page.evaluate(wide)).toBe(false);
    });
  });
});
