import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { buildSite } from "#support/build-site.ts";
import { assertBuilt, client } from "#support/built-site.ts";
import { type StaticSite, serveStatic } from "#support/static-site.ts";

const root = join(import.meta.dirname, "..", "..");
const DECIDED = `---
penetapan: { nomor: Keputusan CONTOH 1/2026, tanggal: 2026-03-02, pejabat: Kepala CONTOH }
biaya: [Rp0 (CONTOH)]
maklumat: { teks: [Kami melayani.], tanggal: 2026-03-03, penandaTangan: Kepala CONTOH }
---
Catatan instansi (CONTOH).
`;

let site: StaticSite;
let browser: Browser;
let catalog: Catalog;
let pages: string[];

beforeAll(async () => {
  assertBuilt();
  site = await serveStatic(client);
  browser = await launchBrowser();
  catalog = await loadCatalog(join(root, "content"));
  pages = ["/layanan/", ...[...catalog.sops.keys()].map((slug) => `/layanan/${slug}/`)];
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const html = (path: string) => readFile(join(client, path, "index.html"), "utf8");

async function visitAll(
  options: BrowserContextOptions,
  use: (page: Page, path: string) => Promise<void>,
): Promise<void> {
  await withPage(browser, options, async (page) => {
    for (const path of pages) {
      await page.goto(site.origin + path);
      await use(page, path);
    }
  });
}

const open = (path: string, use: (page: Page) => Promise<void>) =>
  withPage(browser, { javaScriptEnabled: false }, async (page) => {
    await page.goto(site.origin + path);
    await use(page);
  });

describe("pages of services", () => {
  it.each(["light", "dark"] as const)("have no axe violation (%s)", async (colorScheme) => {
    await visitAll({ colorScheme }, async (page) => {
      expect(await axe(page)).toEqual([]);
    });
  });

  it("reflow at 320 px without scrolling sideways", async () => {
    await visitAll({ viewport: { width: 320, height: 640 } }, async (page, path) => {
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, path).toBeLessThanOrEqual(320);
    });
  });

  it("bring no script", async () => {
    for (const path of pages) {
      const scripts = [...(await html(path)).matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
      const data = '<script type="application/ld+json">';
      expect(
        scripts.filter((tag) => tag !== data),
        path,
      ).toEqual([]);
    }
  });

  it("print the standard whole and leave the site's frame out", async () => {
    await visitAll({}, async (page, path) => {
      await page.emulateMedia({ media: "print" });
      expect(await page.locator(".site-footer").isVisible(), path).toBe(false);
      for (const row of await page.locator(".standard tbody tr").all()) {
        expect(await row.isVisible(), path).toBe(true);
      }
    });
  });

  it("are reached from the footer, from the SOP and from each other", async () => {
    for (const { sop } of catalog.sops.values()) {
      await open(`/sop/${sop.slug}/`, async (page) => {
        await page.getByRole("link", { name: "Standar pelayanan dan pengaduan" }).click();
        expect(new URL(page.url()).pathname).toBe(`/layanan/${sop.slug}/`);
        await page.locator(".site-footer").getByRole("link", { name: "Standar pelayanan" }).click();
        expect(new URL(page.url()).pathname).toBe("/layanan/");
        await page.getByRole("link", { name: sop.judul }).click();
        expect(new URL(page.url()).pathname).toBe(`/layanan/${sop.slug}/`);
      });
    }
    expect(await readFile(join(client, "sitemap-0.xml"), "utf8")).toContain("/layanan/");
  });
});

describe("the standard of a service", () => {
  it("shows the words of the SOP and leads to where they stand", async () => {
    for (const { sop } of catalog.sops.values()) {
      await open(`/layanan/${sop.slug}/`, async (page) => {
        const rows = page.locator(".standard tbody tr");
        expect(await rows.count()).toBe(14);
        const laws = page.locator("#dasarHukum li");
        for (const [at, { teks, rujukan }] of sop.dasarHukum.entries()) {
          const link = laws.nth(at).locator("a");
          expect((await link.textContent())?.trim()).toBe(teks);
          expect(await link.getAttribute("href")).toBe(`/dasar-hukum/${rujukan}/`);
        }
        for (const { teks } of [...sop.peralatan, ...sop.kualifikasi]) {
          expect(await page.locator("main").textContent()).toContain(teks);
        }
        const procedure = page.locator("#prosedur").getByRole("link", { name: "Prosedur" });
        expect(await procedure.getAttribute("href")).toBe(`/sop/${sop.slug}/#prosedur`);
      });
    }
  });

  it("says plainly what nobody decided, and counts it the same everywhere", async () => {
    const list = await html("/layanan/");
    for (const slug of catalog.sops.keys()) {
      await open(`/layanan/${slug}/`, async (page) => {
        const undecided = await page.getByText("Belum ditetapkan oleh instansi", { exact: true });
        const count = `${14 - (await undecided.count())} dari 14 komponen terisi`;
        expect(await page.locator(".lead").textContent()).toBe(count);
        expect(list).toContain(count);
        const note = await page.locator("main .note").textContent();
        expect(note).toContain("Standar pelayanan ini belum ditetapkan oleh instansi.");
        expect(await page.locator("#biaya").textContent()).not.toMatch(/gratis/i);
      });
    }
  });

  it("marks a law that was revoked, and article numbers that nobody compared", async () => {
    const revoked = [...catalog.laws.values()].filter(({ status }) => status === "dicabut");
    const marked = await Promise.all(
      [...catalog.sops.values()].map(async ({ sop }) => {
        const cites = sop.dasarHukum.some(({ rujukan }) =>
          revoked.some(({ id }) => id === rujukan),
        );
        expect((await html(`/layanan/${sop.slug}/`)).includes("dicabut, diganti")).toBe(cites);
        return cites;
      }),
    );
    expect(marked).toContain(true);
    const unchecked = catalog.laws.get("uu-25-2009")?.status === "belum_diverifikasi";
    expect(unchecked).toBe(true);
    await visitAll({}, async (page, path) => {
      const place = page.locator("p", { hasText: "Pasal 21 Undang-Undang Nomor 25 Tahun 2009" });
      expect(await place.first().textContent(), path).toContain("belum diverifikasi");
    });
  });

  it("invents neither a maklumat nor a way to complain", async () => {
    for (const slug of catalog.sops.keys()) {
      await open(`/layanan/${slug}/`, async (page) => {
        expect(await page.locator("#maklumat").textContent()).toContain(
          "Maklumat belum diumumkan di portal ini.",
        );
        expect(await page.locator("#maklumat blockquote").count()).toBe(0);
        const complaints = await page.locator("#saluran-pengaduan").textContent();
        expect(complaints).toContain("Kontak pengaduan belum diisi oleh instansi.");
        expect(complaints?.replace(/\s+/g, " ")).toContain("bukan saluran pengaduan");
        expect(await page.locator('main form, main a[href^="mailto:"]').count()).toBe(0);
        const objection = await page.locator("#keberatan").textContent();
        expect(objection).toContain("30 hari kerja sejak keberatan diterima");
        expect(objection).toContain("belum diverifikasi");
      });
    }
  });

  it("tells machines which service it is about", async () => {
    for (const { sop } of catalog.sops.values()) {
      const page = await html(`/layanan/${sop.slug}/`);
      const [, text = "{}"] =
        /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(page) ?? [];
      const { "@graph": graph } = JSON.parse(text) as { "@graph": Record<string, unknown>[] };
      expect(graph[0]).toMatchObject({ "@type": "GovernmentService", name: sop.judul });
      expect(JSON.stringify(graph[0])).toContain(`/sop/${sop.slug}/#formulir`);
    }
  });
});

describe("a service whose agency decided", () => {
  it("shows the decree, the decision, the maklumat and the way to complain", async () => {
    const [entry] = catalog.sops.values();
    if (!entry) throw new Error("no SOP");
    const { slug, instansi } = entry.sop;
    const agency = await readFile(join(root, "content", "instansi", `${instansi}.md`), "utf8");
    const contact = "kontak: { telepon: (0000) 000000, surel: dinas@contoh.go.id }\nzona:";
    await using built = await buildSite("service", {
      async write(content) {
        await writeFile(
          join(content, "instansi", `${instansi}.md`),
          agency.replace("zona:", contact),
        );
        await writeFile(join(content, "layanan", `${slug}.md`), DECIDED);
      },
    });
    const decided = await serveStatic(built.client);
    try {
      await withPage(browser, { javaScriptEnabled: false }, async (page) => {
        await page.goto(`${decided.origin}/layanan/`);
        const card = page.locator("article", { hasText: entry.sop.judul });
        expect(await card.textContent()).toContain("8 dari 14 komponen terisi");
        expect(await card.textContent()).toContain("Maklumat pelayanan diumumkan.");
        await page.goto(`${decided.origin}/layanan/${slug}/`);
        const text = ((await page.locator("main").textContent()) ?? "").replace(/\s+/g, " ");
        expect(text).toContain(
          "Ditetapkan dengan Keputusan CONTOH 1/2026 pada 2 Maret 2026 oleh Kepala CONTOH.",
        );
        expect(await page.locator("#biaya").textContent()).toContain("Rp0 (CONTOH)");
        expect(await page.locator("#maklumat blockquote").textContent()).toBe("Kami melayani.");
        expect(await page.locator("#maklumat figcaption").textContent()).toBe(
          "Kepala CONTOH, 3 Maret 2026",
        );
        const complaints = page.locator("#saluran-pengaduan");
        expect(await complaints.locator("dd").allTextContents()).toEqual([
          "(0000) 000000",
          "dinas@contoh.go.id",
        ]);
        expect(await complaints.textContent()).not.toContain("belum diisi");
        expect(text).toContain("Catatan instansi (CONTOH).");
      });
      await withPage(browser, {}, async (page) => {
        await page.goto(`${decided.origin}/layanan/${slug}/`);
        expect(await axe(page)).toEqual([]);
      });
    } finally {
      await decided.close();
    }
  });
});
