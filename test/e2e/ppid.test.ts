import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { type BuiltSite, buildSite } from "#support/build-site.ts";
import { assertBuilt, client } from "#support/built-site.ts";
import { type StaticSite, serveStatic } from "#support/static-site.ts";

const root = join(import.meta.dirname, "..", "..");
const [LIST, EXCLUDED] = ["/ppid/dip/", "/ppid/dikecualikan/"];
const PAGES = ["/ppid/", LIST, EXCLUDED];
const UNTESTED = "usulan, belum diuji konsekuensi";

let site: StaticSite;
/** The same portal after an agency filled in its contact and a test was held. */
let decided: StaticSite;
let built: BuiltSite;
let browser: Browser;
let catalog: Catalog;

beforeAll(async () => {
  assertBuilt();
  catalog = await loadCatalog(join(root, "content"));
  site = await serveStatic(client);
  built = await buildSite("ppid", { write: decide });
  decided = await serveStatic(built.client);
  browser = await launchBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
  await decided?.close();
  await built?.[Symbol.asyncDispose]();
});

async function decide(content: string): Promise<void> {
  await change(join(content, "instansi", "kukar.md"), [
    ["\nzona:", "\nkontak:\n  telepon: 0541-000000 (CONTOH)\n  surel: ppid@contoh.go.id\nzona:"],
  ]);
  await change(join(content, "ppid", "dikecualikan", "disposisi.md"), [
    ["uji: null", "uji:\n  tanggal: 2026-03-02\n  penetapan: Penetapan CONTOH Nomor 1"],
    ["jangkaWaktu: null", "jangkaWaktu: 5 tahun (CONTOH)"],
    ["diperiksa: null", "diperiksa: 2026-03-01"],
  ]);
}

async function change(path: string, changes: readonly (readonly [string, string])[]) {
  let text = await readFile(path, "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${path} does not hold: ${from}`);
    text = text.replace(from, to);
  }
  await writeFile(path, text);
}

const open = <T>(
  path: string,
  use: (page: Page) => Promise<T>,
  { from = site, ...options }: BrowserContextOptions & { from?: StaticSite } = {},
) =>
  withPage(browser, { javaScriptEnabled: false, ...options }, async (page) => {
    await page.goto(from.origin + path);
    return use(page);
  });
const textOf = async (page: Page) =>
  ((await page.locator("main").textContent()) ?? "").replace(/\s+/g, " ");
const cellsOf = (page: Page, row: string) =>
  page
    .locator("tbody tr", { hasText: row })
    .evaluate((one) =>
      Array.from(one.children, (cell) => (cell.textContent ?? "").replace(/\s+/g, " ").trim()),
    );

describe("the pages of public information", () => {
  it.each(["light", "dark"] as const)("have no axe violation (%s)", async (colorScheme) => {
    await withPage(browser, { colorScheme }, async (page) => {
      for (const path of PAGES) {
        await page.goto(decided.origin + path);
        expect(await axe(page)).toEqual([]);
      }
    });
  });

  it("reflow at 320 px, each cell with the name of its column", async () => {
    for (const path of PAGES) {
      await open(
        path,
        async (page) => {
          expect(
            await page.evaluate(() =>
              Array.from(document.querySelectorAll("html, .scroll"), (one) =>
                Math.max(0, one.scrollWidth - one.clientWidth),
              ).filter((over) => over > 0),
            ),
            path,
          ).toEqual([]);
          expect(await page.locator("td:not([data-label])").count(), path).toBe(0);
        },
        { viewport: { width: 320, height: 640 }, javaScriptEnabled: true },
      );
    }
  });

  it("print every column on a lying sheet", async () => {
    for (const path of [LIST, EXCLUDED]) {
      await withPage(browser, { viewport: { width: 1150, height: 700 } }, async (page) => {
        await page.emulateMedia({ media: "print" });
        await page.goto(site.origin + path);
        const over = await page.evaluate(() =>
          Array.from(document.querySelectorAll("table"), (one) => one.scrollWidth).filter(
            (width) => width > document.documentElement.clientWidth,
          ),
        );
        expect(over, path).toEqual([]);
        const pageName = (one: Element) => getComputedStyle(one).getPropertyValue("page");
        expect(await page.locator("main").evaluate(pageName), path).toBe("sop");
      });
    }
  });

  it("carry no script and are reached from the foot of every page", async () => {
    for (const path of PAGES) {
      const html = await (await fetch(site.origin + path)).text();
      expect(html, path).not.toMatch(/<script(?! type="application\/ld\+json")/);
    }
    await open("/", async (page) => {
      const link = page.locator("footer").getByRole("link", { name: "PPID", exact: true });
      expect(await link.getAttribute("href")).toBe("/ppid/");
    });
  });
});

describe("the page of the PPID", () => {
  it("names the time limits, each with where it was read", async () => {
    await open("/ppid/", async (page) => {
      expect(await cellsOf(page, "Pemberitahuan tertulis")).toContain("10 hari kerja");
      expect(await cellsOf(page, "Perpanjangan")).toContain("7 hari kerja");
      expect(await cellsOf(page, "Mengajukan keberatan")).toContain("30 hari kerja");
      expect(await cellsOf(page, "Tanggapan atasan")).toContain(
        "30 hari kerja sejak keberatan diterima",
      );
      expect(await cellsOf(page, "Komisi Informasi")).toContain("belum diverifikasi");
      expect(await textOf(page)).toContain("belum dicocokkan dengan naskah undang-undangnya");
    });
  });

  it("leads to the form, and tells where to ask only what the agency told", async () => {
    const missing = (from: StaticSite) =>
      open("/ppid/", (page) => page.getByText("Kontak belum diisi oleh instansi").count(), {
        from,
      });
    const unset = [...catalog.agencies.values()].filter((one) => !one.kontak && !one.alamat);
    expect(await missing(site)).toBe(unset.length);
    expect(await missing(decided)).toBe(unset.filter(({ id }) => id !== "kukar").length);
    await open(
      "/ppid/",
      async (page) => {
        const form = page.getByRole("link", { name: "Isi formulir permintaan informasi" });
        expect(await form.getAttribute("href")).toBe("/ppid/minta/");
        const mail = page.getByRole("link", { name: "ppid@contoh.go.id" });
        expect(await mail.getAttribute("href")).toBe("mailto:ppid@contoh.go.id");
      },
      { from: decided },
    );
  });
});

describe("the Daftar Informasi Publik", () => {
  it("has the columns in use, and a dash where nothing is known", async () => {
    await open(LIST, async (page) => {
      const heads = await page.locator("table").first().locator("thead th").allTextContents();
      expect(heads).toEqual([
        "No",
        "Judul informasi",
        "Ringkasan isi",
        "Pejabat/satuan kerja yang menguasai",
        "Penanggung jawab pembuatan atau penerbitan",
        "Waktu dan tempat pembuatan",
        "Bentuk informasi yang tersedia",
        "Jangka waktu penyimpanan",
        "Jenis media",
        "Tautan",
        "Kategori",
      ]);
      const cells = await cellsOf(
        page,
        "BACK-UP DAN RESTORE DATABASE SERVER DI DINAS KOMINFO PROV. KALTIM, versi 1",
      );
      expect(cells[4]).toBe("–");
      expect(cells[5]).toBe("–");
      expect(cells[7]).toBe("–");
    });
  });

  it("holds the same rows as its CSV twin", async () => {
    const response = await fetch(`${site.origin}/ppid/dip.csv`);
    expect(response.headers.get("content-type")).toMatch(/^text\/csv/);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const [head = "", ...lines] = bytes.subarray(3).toString("utf8").trimEnd().split("\r\n");
    expect(head.startsWith("No,Instansi,Judul informasi,")).toBe(true);
    await open(LIST, async (page) => {
      const titles = await page.locator("tbody th").allTextContents();
      expect(lines).toHaveLength(titles.length);
      titles.forEach((title, at) => {
        expect(lines[at]).toMatch(new RegExp(`^${at + 1},`));
        expect(lines[at]).toContain(title);
      });
    });
  });

  it("links only to pages and places that are there", async () => {
    await open(LIST, async (page) => {
      const hrefs = await page
        .locator("tbody a")
        .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
      // The page of the open data is made on demand.
      for (const href of hrefs.filter((one) => !one.startsWith("/data/"))) {
        const [path = "", id] = href.split("#");
        const response = await fetch(site.origin + path);
        expect(response.status, href).toBe(200);
        if (id) expect(await response.text(), href).toContain(`id="${id}"`);
      }
    });
  });
});

describe("the list of what is excluded", () => {
  it("calls every item a proposal until its consequence test was held", async () => {
    const proposals = (from: StaticSite) =>
      open(EXCLUDED, (page) => page.locator("tbody").getByText(UNTESTED).count(), { from });
    const proposed = [...catalog.excluded.values()].filter(({ uji }) => uji === null).length;
    expect(await proposals(site)).toBe(proposed);
    expect(await proposals(decided)).toBe(proposed - 1);
    await open(
      EXCLUDED,
      async (page) => {
        const cells = await cellsOf(page, "Isi disposisi");
        expect(cells.at(-1)).toBe("Diuji 2 Maret 2026, Penetapan CONTOH Nomor 1");
        expect(cells).toContain("5 tahun (CONTOH)");
        expect(cells[2]).toBe("UU 14/2008 Pasal 17 huruf i dicocokkan 1 Maret 2026");
        expect(await textOf(page)).toContain(
          `1 dari ${catalog.excluded.size} butir sudah melalui uji konsekuensi`,
        );
      },
      { from: decided },
    );
  });

  it("cites an article for each item and says that nobody compared it", async () => {
    await open(EXCLUDED, async (page) => {
      for (const item of catalog.excluded.values()) {
        const cells = await cellsOf(page, item.informasi);
        for (const { pasal, diperiksa } of item.dasarHukum) {
          expect(cells[2]).toContain(pasal);
          if (diperiksa === null) expect(cells[2]).toContain("belum diverifikasi");
        }
        expect(cells.slice(3, 5)).toEqual([item.bilaDibuka, item.bilaDitutup]);
        expect(cells.slice(5, 7)).toEqual([item.jangkaWaktu ?? "–", item.penguasa ?? "–"]);
      }
    });
  });
});
