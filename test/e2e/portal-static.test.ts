import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { assertBuilt, client } from "#support/built-site.ts";
import { type StaticSite, serveStatic } from "#support/static-site.ts";

const root = join(import.meta.dirname, "..", "..");
const sources = join(root, "src", "pages");
/** Addresses of the pages made on demand; the static ones link to them. */
const onDemand = globSync("**/*.astro", { cwd: sources })
  .filter((file) => /prerender = false/.test(readFileSync(join(sources, file), "utf8")))
  .map((file) => {
    const path = `/${file}`.replace(/(\/index)?\.astro$/, "/").replace(/\[[^\]]+\]/g, "[^/]+");
    return new RegExp(`^${path}$`);
  });
const FIRST_VISIT_BYTES = 15_000;
const SCRIPT_BYTES = 5_000;

let site: StaticSite;
let browser: Browser;
let pages: string[];
let catalog: Catalog;
let sops: Sop[];

beforeAll(async () => {
  assertBuilt();
  site = await serveStatic(client);
  browser = await launchBrowser();
  const files = (await readdir(client, { recursive: true })).filter((name) => /\.html$/.test(name));
  pages = files.map((name) => `/${name.replace(/index\.html$/, "")}`).sort();
  catalog = await loadCatalog(join(root, "content"));
  sops = [...catalog.sops.values()].map(({ sop }) => sop);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe("static pages", () => {
  it.each(["light", "dark"] as const)("have no axe violation (%s)", async (colorScheme) => {
    await visitAll({ colorScheme }, async (page) => {
      expect(await axe(page)).toEqual([]);
    });
  });

  it("need nothing that the content security policy forbids", async () => {
    const complaints: string[] = [];
    await visitAll({}, async (page, path) => {
      page.removeAllListeners();
      page.on("console", (message) => complaints.push(`${path}: ${message.text()}`));
      page.on("pageerror", (error) => complaints.push(`${path}: ${error.message}`));
      await page.reload();
    });
    expect(complaints).toEqual([]);
  });

  it("are in Indonesian and have one h1, a title, and landmarks", async () => {
    for (const path of pages) {
      const html = await htmlOf(path);
      expect(html, path).toMatch(/<html lang="id"/);
      expect(html.match(/<h1[ >]/g)?.length, path).toBe(1);
      expect(html, path).toMatch(/<title>[^<]*Pulih[^<]*<\/title>/);
      for (const landmark of ["header class", "main id", "footer class"]) {
        expect(html.split(`<${landmark}=`).length, `${path} ${landmark}`).toBeGreaterThan(1);
      }
    }
  });

  it("reflow at 320 px without scrolling sideways", async () => {
    await visitAll({ viewport: { width: 320, height: 640 } }, async (page, path) => {
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, path).toBeLessThanOrEqual(320);
    });
  });

  it("link only to pages and places that are there", async () => {
    const ids = new Map(
      await Promise.all(
        pages.map(async (path) => {
          const html = await htmlOf(path);
          return [path, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))] as const;
        }),
      ),
    );
    const broken: string[] = [];
    for (const path of pages) {
      for (const [, href = ""] of (await htmlOf(path)).matchAll(/<a [^>]*href="([^"]+)"/g)) {
        if (/^https?:/.test(href)) continue;
        const url = new URL(href, `http://site${path}`);
        if (onDemand.some((pattern) => pattern.test(url.pathname))) continue;
        const place = decodeURIComponent(url.hash.slice(1));
        const target = ids.get(url.pathname);
        const isFile = existsSync(join(client, url.pathname)) && !url.pathname.endsWith("/");
        if (!isFile && (!target || (place !== "" && !target.has(place)))) {
          broken.push(`${path} → ${href}`);
        }
      }
    }
    expect(broken).toEqual([]);
  });

  it("offer a skip link as the first stop of the keyboard, and it leads to the content", async () => {
    await withPage(browser, {}, async (page) => {
      await page.goto(`${site.origin}/`);
      await page.keyboard.press("Tab");
      const first = page.locator(":focus");
      expect(await first.textContent()).toBe("Langsung ke isi");
      expect(await first.isVisible()).toBe(true);
      await page.keyboard.press("Enter");
      expect(await page.locator(":focus").getAttribute("id")).toBe("isi");
    });
  });
});

describe("an SOP page", () => {
  it("can be read whole and its form filled without JavaScript", async () => {
    for (const sop of sops) {
      await withPage(browser, { javaScriptEnabled: false }, async (page) => {
        await page.goto(`${site.origin}/sop/${sop.slug}/`);
        const text = (await page.textContent("main")) ?? "";
        for (const step of sop.langkah) expect(text).toContain(step.uraian);
        for (const law of sop.dasarHukum) expect(text).toContain(law.teks);
        const form = page.locator('form[action="/api/requests"]');
        expect(await form.getAttribute("method")).toBe("post");
        expect(await form.locator('input[name="sop"]').getAttribute("value")).toBe(sop.slug);
        await form.locator('[name="nama"]').fill("Contoh");
      });
    }
  });

  it("has every anchor that other pages and letters name", async () => {
    for (const sop of sops) {
      const html = await htmlOf(`/sop/${sop.slug}/`);
      const anchors = [
        ...["identitas", "dasar-hukum", "kualifikasi", "keterkaitan", "peralatan", "peringatan"],
        ...["pencatatan", "prosedur", "riwayat", "formulir"],
        ...sop.langkah.map(({ no }) => `langkah-${no}`),
      ];
      for (const id of anchors) expect(html.split(` id="${id}"`).length, id).toBe(2);
    }
  });

  it("offers the bytes that its digest and every request's pin are made of", async () => {
    for (const { sop, digest } of catalog.sops.values()) {
      const bytes = await readFile(join(client, "sop", sop.slug, "sop.json"));
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(digest);
      expect(await htmlOf(`/sop/${sop.slug}/`)).toContain(digest);
    }
  });

  it("marks a revoked law beside its printed words, not inside them", async () => {
    await withPage(browser, {}, async (page) => {
      await page.goto(`${site.origin}/sop/kaltim-backup-restore-database/`);
      const item = page.locator("#dasar-hukum li", { hasText: "Nomor 82 Tahun 2012" });
      expect(await item.locator(".badge").textContent()).toBe("dicabut, diganti PP 71/2019");
      expect(await item.locator("a").textContent()).not.toContain("dicabut");
    });
  });

  it("stays within its budget on a first visit", async () => {
    for (const sop of sops) {
      await withPage(browser, {}, async (page) => {
        const sizes = { style: 0, script: 0 };
        let requests = 0;
        page.on("response", (response) => {
          requests += 1;
          const type = response.request().resourceType();
          const bytes = Number(response.headers()["content-length"] ?? 0);
          sizes[type === "script" ? "script" : "style"] += bytes;
        });
        await page.goto(`${site.origin}/sop/${sop.slug}/`, { waitUntil: "networkidle" });
        expect(sizes.style, sop.slug).toBeLessThanOrEqual(FIRST_VISIT_BYTES);
        expect(sizes.script, sop.slug).toBeLessThanOrEqual(SCRIPT_BYTES);
        expect(requests, sop.slug).toBeLessThanOrEqual(4);
        expect(await page.locator("*").count(), sop.slug).toBeLessThanOrEqual(800);
      });
    }
  });
});

/** Opens every static page in turn, in one tab. */
async function visitAll(
  options: BrowserContextOptions,
  look: (page: Page, path: string) => Promise<void>,
): Promise<void> {
  await withPage(browser, options, async (page) => {
    for (const path of pages) {
      await page.goto(site.origin + path);
      await look(page, path);
    }
  });
}

async function htmlOf(path: string): Promise<string> {
  const file = path.endsWith("/") ? `${path}index.html` : path;
  return readFile(join(client, file), "utf8");
}
