import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axe } from "#support/axe.ts";
import {
  OTHER,
  openReadingSite,
  PATH,
  PDF,
  type ReadingSite,
  SLUG,
} from "#support/reading-site.ts";

let site: ReadingSite;
beforeAll(async () => {
  site = await openReadingSite();
}, 60_000);
afterAll(() => site?.[Symbol.asyncDispose]());

describe("a copy to read offline", () => {
  const registered = (page: Page) =>
    page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
  const save = async (page: Page): Promise<void> => {
    await page.goto(site.server.base + PATH);
    await page.getByRole("button", { name: "Simpan untuk dibaca luring" }).click();
    await page.getByText("Tersimpan di perangkat ini:").waitFor();
    await page.evaluate(() => navigator.serviceWorker.getRegistration("/sop/"));
    await expect
      .poll(() =>
        page.evaluate(async () => {
          const all = await navigator.serviceWorker.getRegistrations();
          return all.every(({ active }) => active?.state === "activated");
        }),
      )
      .toBe(true);
  };

  it("leaves nothing on the device until it is asked for", async () => {
    await site.visit({}, async (page) => {
      await page.goto(site.server.base + PATH, { waitUntil: "networkidle" });
      expect(await page.getByRole("button", { name: "Simpan untuk dibaca luring" }).count()).toBe(
        1,
      );
      expect(await registered(page)).toBe(0);
      expect(await page.evaluate(() => caches.keys())).toEqual([]);
    });
  });

  it("is not offered without scripts", async () => {
    await site.visit({ javaScriptEnabled: false }, async (page) => {
      await page.goto(site.server.base + PATH);
      expect(await page.locator(".offline-copy").isVisible()).toBe(false);
      await page.goto(`${site.server.base}/luring/`);
      expect(await page.textContent("main")).toContain("Daftar ini memerlukan JavaScript.");
    });
  });

  it("is read without network, looks the same, and says since when it was saved", async () => {
    await site.visit({}, async (page, context) => {
      await save(page);
      const colour = () => page.evaluate(() => getComputedStyle(document.body).fontSize);
      const online = { text: await page.locator("#prosedur").textContent(), style: await colour() };
      expect(await page.locator(".note.offline").count()).toBe(0);
      await page.reload();
      expect(await page.locator(".note.offline").count(), "the network answers").toBe(0);

      await context.setOffline(true);
      await page.reload();
      const year = String(new Date().getFullYear());
      const note = (await page.textContent(".note.offline")) ?? "";
      expect(note).toMatch(/^Salinan luring, disimpan \d+ .+\./);
      expect(note).toContain(year);
      expect({
        text: await page.locator("#prosedur").textContent(),
        style: await colour(),
      }).toEqual(online);
      expect(await axe(page)).toEqual([]);
      const twins = await page.evaluate(async (path) => {
        const [json, pdf] = await Promise.all([fetch(`${path}sop.json`), fetch(`${path}sop.pdf`)]);
        return [(await json.json()).slug, (await pdf.arrayBuffer()).byteLength];
      }, PATH);
      expect(twins).toEqual([SLUG, PDF.length]);
      await page.getByRole("button", { name: "Hapus salinan luring" }).waitFor();
    });
  });

  it("leads from every other page under its care to the list of copies, and nowhere stale", async () => {
    await site.visit({}, async (page, context) => {
      await save(page);
      await page.goto(`${site.server.base}/sop/${OTHER}/`);
      await context.setOffline(true);
      const answer = await page.goto(`${site.server.base}/sop/${OTHER}/`);
      expect(answer?.status()).toBe(503);
      expect(await page.textContent(".note.offline")).toContain("belum disimpan");
      await page.locator("[data-salinan] a").click();
      await page.waitForURL(site.server.base + PATH);
      expect(await page.textContent(".note.offline")).toContain("Salinan luring, disimpan");
      await page.goto(`${site.server.base}/luring/`);
      expect(await page.locator(".note.offline").count()).toBe(0);
      await expect.poll(() => page.locator("[data-salinan] li").count()).toBe(1);
      expect(await axe(page)).toEqual([]);
    });
  });

  it("is not renewed from itself: without network the old date stays", async () => {
    await site.visit({}, async (page, context) => {
      await save(page);
      const dated = async () =>
        page.evaluate(async (path) => {
          const found = await caches.match(path, { ignoreVary: true });
          return found?.headers.get("x-disimpan");
        }, PATH);
      const first = await dated();
      await context.setOffline(true);
      await page.reload();
      await page.getByRole("button", { name: "Perbarui salinan luring" }).click();
      await page.getByText("Salinan belum disimpan:").waitFor();
      expect(await dated()).toBe(first);
      await context.setOffline(false);
      await page.reload();
      await page.getByRole("button", { name: "Perbarui salinan luring" }).click();
      await expect.poll(dated).not.toBe(first);
      expect(await page.evaluate(() => caches.match("/luring/").then(Boolean))).toBe(true);
    });
  });

  it("goes with all that came with it", async () => {
    await site.visit({}, async (page) => {
      await save(page);
      await page.getByRole("button", { name: "Hapus salinan luring" }).click();
      await page.getByText("Tidak ada salinan halaman ini").waitFor();
      expect(await registered(page)).toBe(0);
      expect(await page.evaluate(() => caches.keys())).toEqual([]);
      await save(page);
      await page.goto(`${site.server.base}/luring/`);
      await page.getByRole("button", { name: /^Hapus salinan / }).click();
      await page.getByText("Belum ada salinan di perangkat ini.").waitFor();
      expect(await registered(page)).toBe(0);
    });
  });

  it("drops what an older worker kept", async () => {
    await site.visit({}, async (page) => {
      await page.goto(site.server.base + PATH);
      await page.evaluate(() => caches.open("luring-0:/sop/lama/"));
      await page.evaluate(() => caches.open("lain"));
      await save(page);
      const names = await page.evaluate(() => caches.keys());
      expect(names.sort()).toEqual(["lain", "luring-1:/luring/", `luring-1:${PATH}`]);
    });
  });
});
