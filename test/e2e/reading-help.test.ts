import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axe } from "#support/axe.ts";
import { buildSite } from "#support/build-site.ts";
import { openReadingSite, PATH, type ReadingSite } from "#support/reading-site.ts";

const GUIDE = "/panduan/pemohon/";

let site: ReadingSite;
beforeAll(async () => {
  site = await openReadingSite();
}, 60_000);
afterAll(() => site?.[Symbol.asyncDispose]());

const feedbackRows = () => site.server.deps.db.orm.query.pageFeedback.findMany();

describe("feedback", () => {
  it.each([true, false])("is sent from a page and leads back to it (scripts: %s)", async (on) => {
    for (const path of [PATH, GUIDE, "/dasar-hukum/uu-14-2008/"]) {
      await site.visit({ javaScriptEnabled: on }, async (page, context) => {
        const before = await feedbackRows();
        await page.goto(site.server.base + path);
        const form = page.locator("form.feedback");
        expect(await form.locator("*").count()).toBeLessThanOrEqual(24);
        await form.locator("summary").click();
        await form.getByLabel("Saran Anda").fill("Contoh saran");
        await form.getByRole("button", { name: "Tidak", exact: true }).click();
        await page.waitForURL("**/umpan-balik/terima-kasih/**");
        expect(await page.textContent("h1")).toBe("Umpan balik diterima");
        const known = new Set(before.map(({ id }) => id));
        const added = (await feedbackRows()).filter(({ id }) => !known.has(id));
        expect(added).toMatchObject([{ path, helpful: false, comment: "Contoh saran" }]);
        await page.reload();
        expect(await feedbackRows()).toHaveLength(before.length + 1);
        expect(await context.cookies()).toEqual([]);
        await page.getByRole("link", { name: "Kembali ke halaman yang Anda baca" }).click();
        await page.waitForURL(site.server.base + path);
      });
    }
  });

  it("can be given by the keyboard alone", async () => {
    await site.visit({}, async (page) => {
      await page.goto(site.server.base + GUIDE);
      const yes = page.locator("form.feedback").getByRole("button", { name: "Ya", exact: true });
      await page.locator("form.feedback summary").focus();
      await page.keyboard.press("Tab");
      expect(await yes.evaluate((button) => button === document.activeElement)).toBe(true);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/umpan-balik/terima-kasih/**");
    });
  });

  it("comes back with what to mend and with what was written", async () => {
    await site.visit({}, async (page) => {
      await page.goto(`${site.server.base}/umpan-balik/?halaman=${GUIDE}`);
      await page.getByLabel("Saran (opsional)").fill("a".repeat(1_001));
      const [answer] = await Promise.all([
        page.waitForResponse((response) => response.url().includes("draf=")),
        page.getByRole("button", { name: "Kirim umpan balik" }).click(),
      ]);
      expect(answer.status()).toBe(422);
      expect(await page.title()).toMatch(/^Galat: /);
      await page.getByRole("link", { name: "Pilih Ya atau Tidak." }).click();
      expect(await page.getByLabel("Saran (opsional)").inputValue()).toHaveLength(1_001);
      expect(await axe(page)).toEqual([]);
      await page.getByLabel("Saran (opsional)").fill("Contoh");
      await page.getByLabel("Ya", { exact: true }).check();
      await page.getByRole("button", { name: "Kirim umpan balik" }).click();
      expect(await page.textContent("h1")).toBe("Umpan balik diterima");
      expect(await axe(page)).toEqual([]);
    });
  });

  it("links back to pages of this portal only", async () => {
    await site.visit({}, async (page) => {
      for (const given of ["https://situs.lain/", "//situs.lain/sop/a/", "javascript:alert(1)"]) {
        const where = encodeURIComponent(given);
        await page.goto(`${site.server.base}/umpan-balik/terima-kasih/?halaman=${where}`);
        const links = await page.locator("main a").evaluateAll((all) => all.map(String));
        expect(links).toEqual([`${site.server.base}/sop/`]);
        await page.goto(`${site.server.base}/umpan-balik/?halaman=${where}`);
        expect(await page.locator("form").filter({ hasText: "membantu" }).count()).toBe(0);
      }
    });
  });
});

describe("the banner above every page", () => {
  it("tells how to recognise an official site, by keyboard", async () => {
    await site.visit({}, async (page) => {
      await page.goto(site.server.base);
      const banner = page.locator(".official");
      expect(await banner.locator("*").count()).toBeLessThan(10);
      // Which of the two it is hangs on how the site was built.
      expect(await banner.textContent()).toMatch(
        /Situs contoh – bukan layanan resmi|Situs resmi pemerintah beralamat \.go\.id/,
      );
      expect(await banner.locator("p").isVisible()).toBe(false);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      expect(await banner.locator("p").isVisible()).toBe(true);
      expect(await axe(page)).toEqual([]);
    });
  });

  it("says on a sample that it is one, and nothing of an official site", async () => {
    await using sample = await buildSite("sample", { env: { PULIH_CONTOH: "1" } });
    for (const name of ["index.html", "sop/index.html", "404.html"]) {
      const html = await readFile(join(sample.client, name), "utf8");
      const banner = /<section class="official.+?<\/section>/s.exec(html)?.[0];
      expect(banner, name).toContain("Situs contoh – bukan layanan resmi");
      expect(banner, name).not.toContain(".go.id");
    }
  });
});
