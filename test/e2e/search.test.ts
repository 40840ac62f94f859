/** Search and glossary as readers meet them: on the real server, under the real policy. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import { searchEntries } from "#catalog/search-entries.ts";
import { blocksOf } from "#domain/sop/document.ts";
import type { RunningServer } from "#functions/http/server.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { assertBuilt, client, dist } from "#support/built-site.ts";
import { startTestServer } from "#support/server.ts";

const KALTIM = "/sop/kaltim-backup-restore-database/";
const root = join(import.meta.dirname, "..", "..");

let server: RunningServer;
let browser: Browser;
let catalog: Catalog;

beforeAll(async () => {
  assertBuilt();
  catalog = await loadCatalog(join(root, "content"));
  server = await startTestServer({ env: { PULIH_DIST: dist } });
  browser = await launchBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** A page at `path` that must not complain, under the policy of the server. */
async function visit(
  path: string,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<void>,
): Promise<void> {
  await withPage(browser, { ...options, baseURL: server.base }, async (page) => {
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(path);
    await use(page);
    expect(complaints).toEqual([]);
  });
}

const hitsOf = (page: Page) => page.locator("#hasil li a");
const told = (page: Page) => page.locator("#hasil-jumlah");

describe("the search", () => {
  it("finds as one types, by the stem, in a worker that no page's policy is loosened for", async () => {
    await visit("/cari/", {}, async (page) => {
      const worker = page.waitForEvent("worker");
      await page.getByLabel("Kata yang dicari").pressSequentially("cadangan");
      expect((await worker).url()).toContain("/pagefind/pagefind-worker.js");
      await told(page)
        .filter({ hasText: /^\d+ hasil untuk “cadangan”\.$/ })
        .waitFor();
      const first = hitsOf(page).first();
      expect(await first.getAttribute("href")).toBe(KALTIM);
      expect(await page.locator("#hasil li mark").first().textContent()).toBe("Pencadangan");
      expect(await page.locator("#hasil h2").allTextContents()).toEqual([
        expect.stringMatching(/^SOP \(\d+\)$/),
        expect.stringMatching(/^Layanan \(\d+\)$/),
        expect.stringMatching(/^Peraturan \(\d+\)$/),
        expect.stringMatching(/^Istilah \(\d+\)$/),
        expect.stringMatching(/^Panduan \(\d+\)$/),
        expect.stringMatching(/^PPID \(\d+\)$/),
      ]);
      expect(new URL(page.url()).search).toBe("?q=cadangan");
      await page.reload();
      expect(await hitsOf(page).first().getAttribute("href")).toBe(KALTIM);
    });
  });

  it("fetches nothing of the index before the field is entered", async () => {
    await withPage(browser, { baseURL: server.base }, async (page) => {
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await page.goto("/cari/", { waitUntil: "networkidle" });
      expect(asked.filter((path) => path.startsWith("/pagefind/"))).toEqual([]);
      const index = page.waitForResponse(/\.pf_meta$/);
      await page.getByLabel("Kata yang dicari").focus();
      await index;
    });
  });

  it("finds the same from the form in the head of any page, without JavaScript", async () => {
    await visit("/panduan/", { javaScriptEnabled: false }, async (page) => {
      await page.getByLabel("Cari SOP, peraturan").fill("cadangan");
      await page.getByRole("search").getByRole("button", { name: "Cari" }).click();
      expect(new URL(page.url()).pathname).toBe("/cari/");
      expect(await told(page).textContent()).toMatch(/\d+ hasil untuk “cadangan”/);
      expect(await hitsOf(page).first().getAttribute("href")).toBe(KALTIM);
      expect(await page.locator("#hasil li mark").first().textContent()).toBe("Pencadangan");
      await hitsOf(page).first().click();
      expect(new URL(page.url()).pathname).toBe(KALTIM);
    });
  });

  it.each([true, false])(
    "narrows by kind and agency (JavaScript %s)",
    async (javaScriptEnabled) => {
      await visit("/cari/", { javaScriptEnabled }, async (page) => {
        await page.getByLabel("Kata yang dicari").fill("restore");
        await page.getByLabel("Jenis").selectOption("SOP");
        await page.getByLabel("Instansi").selectOption("Diskominfo Kukar");
        await page.getByRole("button", { name: "Cari" }).click();
        await told(page).filter({ hasText: "1 hasil untuk “restore”." }).waitFor();
        expect(await hitsOf(page).first().getAttribute("href")).toBe("/sop/kukar-restore-vps-vm/");
        expect(new URL(page.url()).searchParams.get("instansi")).toBe("Diskominfo Kukar");
      });
    },
  );

  it.each([true, false])(
    "says what to try where there is nothing (JavaScript %s)",
    async (javaScriptEnabled) => {
      await visit("/cari/", { javaScriptEnabled }, async (page) => {
        expect(await page.getByText("Yang dapat dicari").isVisible()).toBe(true);
        await page.getByLabel("Kata yang dicari").fill("qqqq <b>wwww</b>");
        await page.keyboard.press("Enter");
        await told(page).filter({ hasText: "Tidak ada hasil untuk “qqqq <b>wwww</b>”." }).waitFor();
        expect(await page.getByText("Yang dapat dicoba").isVisible()).toBe(true);
        expect(await page.getByText("Yang dapat dicari").isVisible()).toBe(false);
        expect(await hitsOf(page).count()).toBe(0);
      });
    },
  );

  it("can be used by the keyboard alone: Enter leads to the count, Tab to the first result", async () => {
    await visit("/cari/", {}, async (page) => {
      await page.getByLabel("Kata yang dicari").focus();
      await page.keyboard.type("disposisi");
      await page.keyboard.press("Enter");
      await page.locator("#hasil-jumlah:focus").waitFor();
      expect(await told(page).getAttribute("role")).toBe("status");
      await page.keyboard.press("Tab");
      expect(await page.locator(":focus").getAttribute("href")).toMatch(/^\/sop\//);
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/sop\/[^/]+\/$/);
    });
  });

  it.each(["light", "dark"] as const)(
    "has no axe violation, empty, with results and without (%s)",
    async (colorScheme) => {
      for (const query of ["", "?q=restore", "?q=qqqqwwww"]) {
        await visit(`/cari/${query}`, { colorScheme }, async (page) => {
          expect(await axe(page)).toEqual([]);
        });
      }
    },
  );

  it("reflows at 320 px, where the head keeps a button that leads to the field", async () => {
    const viewport = { width: 320, height: 640 };
    await visit("/cari/?q=restore+database", { viewport }, async (page) => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    });
    await visit("/sop/", { viewport }, async (page) => {
      await page.getByRole("search").getByRole("button", { name: "Cari" }).click();
      expect(new URL(page.url()).pathname).toBe("/cari/");
    });
  });

  it("ships the index and its worker, and no interface of others", async () => {
    const entry = JSON.parse(
      await readFile(join(client, "pagefind", "pagefind-entry.json"), "utf8"),
    );
    expect(Object.keys(entry.languages)).toEqual(["id"]);
    const entries = searchEntries({
      sops: [...catalog.sops.values()],
      laws: [...catalog.laws.values()],
      terms: [...catalog.terms.values()],
      guides: [...catalog.guides.values()],
      services: [...catalog.services.values()],
      listed: [...catalog.listed.values()],
      agencies: catalog.agencies,
    });
    expect(entry.languages.id.page_count).toBe(entries.length);
    for (const [path, status] of [
      ["/pagefind/pagefind-worker.js", 200],
      ["/pagefind/pagefind-ui.js", 404],
      ["/cari/isi.json", 404],
    ] as const) {
      expect((await fetch(`${server.base}${path}`)).status, path).toBe(status);
    }
  });
});

describe("the glossary", () => {
  it("is linked where an SOP first uses a word, and the printed lines stay to the letter", async () => {
    for (const { sop } of catalog.sops.values()) {
      await visit(`/sop/${sop.slug}/`, { javaScriptEnabled: false }, async (page) => {
        for (const { id, items } of blocksOf(sop)) {
          const lines = page.locator(`#${id} > ol > li`);
          const texts = await lines.evaluateAll((all) =>
            all.map((one) => {
              for (const badge of one.querySelectorAll(".badge")) badge.remove();
              return one.textContent?.trim();
            }),
          );
          expect(texts, id).toEqual(items.map(({ teks }) => teks));
        }
        const links = page.locator("a.term-link");
        const targets = await links.evaluateAll((all) =>
          all.map((one) => one.getAttribute("href")),
        );
        expect(targets.length).toBeGreaterThan(1);
        expect(targets.length).toBeLessThanOrEqual(12);
        expect(new Set(targets).size).toBe(targets.length);
        expect(await page.locator("a a").count()).toBe(0);
      });
    }
  });

  it("leads from a word to its meaning and back to the SOPs that use it", async () => {
    await visit(KALTIM, {}, async (page) => {
      await page.locator("a.term-link", { hasText: "Disposisi" }).click();
      expect(page.url()).toBe(`${server.base}/istilah/#disposisi`);
      const term = page.locator("#disposisi");
      expect(await term.locator("p").first().textContent()).toContain("Arahan tertulis");
      await term.locator("summary").click();
      expect(await term.locator("details a").first().getAttribute("href")).toBe(KALTIM);
    });
  });

  it("has a place in the alphabet for every term", async () => {
    await visit("/istilah/", { javaScriptEnabled: false }, async (page) => {
      expect(await page.locator(".terms article[id]").count()).toBe(catalog.terms.size);
      for (const link of await page
        .getByRole("navigation", { name: "Menurut abjad" })
        .locator("a")
        .all()) {
        expect(await page.locator((await link.getAttribute("href")) ?? "").count()).toBe(1);
      }
    });
  });
});
