import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axe } from "#support/axe.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { LIVES } from "#support/life-content.ts";
import { LIFE_ORIGIN, type LifeSite, openLifeSite } from "#support/life-site.ts";

const { threeVersions, withdrawnAndReplaced, withdrawn, replaced, draft, documentOnly } = LIVES;
const sop = (slug: string, rest = "") => `/sop/${slug}/${rest}`;
/** A page of each kind that tells of a life. */
const PAGES = [
  "/sop/",
  "/dasar-hukum/",
  "/dasar-hukum/status/dicabut/",
  "/dasar-hukum/uu-14-2008/",
  sop(threeVersions),
  sop(threeVersions, "versi/1/"),
  sop(threeVersions, "banding/1..3/"),
  sop(threeVersions, "pada/"),
  sop(threeVersions, "pada/?tanggal=kapan"),
  sop(threeVersions, "pada/2025-05-05/"),
  sop(threeVersions, "pada/2020-01-01/"),
  sop(withdrawnAndReplaced),
  sop(withdrawnAndReplaced, "versi/1/"),
  sop(withdrawnAndReplaced, "pada/2026-02-01/"),
  sop(replaced),
  sop(draft),
  sop(documentOnly),
];

let site: LifeSite;
let browser: Browser;

beforeAll(async () => {
  site = await openLifeSite();
  browser = await launchBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

const get = (path: string, init: RequestInit = {}) =>
  fetch(site.base + path, { redirect: "manual", ...init });
const html = async (path: string) => (await get(path)).text();
const file = (path: string) => readFile(join(site.client, path), "utf8");
const open = <T>(path: string, use: (page: Page) => Promise<T>, options?: BrowserContextOptions) =>
  withPage(browser, { javaScriptEnabled: false, ...options }, async (page) => {
    await page.goto(site.base + path);
    return use(page);
  });
const textOf = async (page: Page) =>
  ((await page.locator("main").textContent()) ?? "").replace(/\s+/g, " ");
const mainText = (path: string) => open(path, textOf);

describe("pages of every state of a life", () => {
  it.each(["light", "dark"] as const)("have no axe violation (%s)", async (colorScheme) => {
    await withPage(browser, { colorScheme }, async (page) => {
      for (const path of PAGES) {
        await page.goto(site.base + path);
        for (const more of await page.locator("main details").all()) {
          await more.evaluate((one: HTMLDetailsElement) => {
            one.open = true;
          });
        }
        expect(await axe(page)).toEqual([]);
      }
    });
  });

  it("reflow at 320 px without scrolling sideways", async () => {
    await withPage(browser, { viewport: { width: 320, height: 640 } }, async (page) => {
      for (const path of PAGES) {
        await page.goto(site.base + path);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, path).toBeLessThanOrEqual(320);
      }
    });
  });

  it("wear the colour that their agency chose, and no other page does", async () => {
    const border = async (path: string): Promise<string> =>
      open(path, (page) =>
        page.locator(".site-header").evaluate((one) => getComputedStyle(one).borderTopColor),
      );
    const [own, other] = [await border(sop(threeVersions)), await border("/sop/")];
    expect(await html(sop(threeVersions))).toContain('data-merek="hijau"');
    expect(own).not.toBe(other);
  });

  it("tell machines what they are, in data that can be parsed", async () => {
    const typesOf = async (path: string) => {
      const [, text = "{}"] =
        /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(await html(path)) ?? [];
      const { "@graph": graph = [] } = JSON.parse(text) as { "@graph"?: { "@type": string }[] };
      return graph.map((one) => one["@type"]);
    };
    expect(await typesOf(sop(threeVersions))).toEqual([
      "GovernmentService",
      "DigitalDocument",
      "BreadcrumbList",
    ]);
    expect(await typesOf(sop(documentOnly))).toEqual(["DigitalDocument", "BreadcrumbList"]);
    expect(await typesOf("/dasar-hukum/uu-14-2008/")).toEqual(["Legislation", "BreadcrumbList"]);
    for (const path of PAGES) await expect(typesOf(path), path).resolves.toBeInstanceOf(Array);
  });

  it("name the one address of what they show", async () => {
    const canonical = async (path: string) =>
      /<link rel="canonical" href="([^"]+)"/.exec(await html(path))?.[1]?.replace(LIFE_ORIGIN, "");
    expect(await canonical(sop(threeVersions))).toBe(sop(threeVersions));
    expect(await canonical(sop(threeVersions, "versi/3/"))).toBe(sop(threeVersions));
    expect(await canonical(sop(threeVersions, "versi/2/"))).toBe(sop(threeVersions, "versi/2/"));
    expect(await canonical(sop(threeVersions, "pada/2025-05-05/"))).toBe(
      sop(threeVersions, "versi/2/"),
    );
    expect(await canonical(sop(withdrawn, "versi/1/"))).toBe(sop(withdrawn, "versi/1/"));
  });
});

describe("an SOP with several versions", () => {
  it("lists them with their days, and what changed in each", async () => {
    const text = await mainText(sop(threeVersions));
    expect(text).toContain("Versi 3 (halaman ini): berlaku sejak 1 Juli 2026");
    expect(text).toContain("Versi 1: tanggal mulai berlaku tidak disebut sumber");
    expect(text).toContain("Perubahan ke-2 (CONTOH).");
    await open(sop(threeVersions), async (page) => {
      await page.getByRole("link", { name: "Yang berubah dari versi 2" }).click();
      expect(new URL(page.url()).pathname).toBe(sop(threeVersions, "banding/2..3/"));
    });
  });

  it("says when it is to be reviewed, what was held, and what is overdue", async () => {
    const text = await mainText(sop(threeVersions));
    expect(text).toContain(
      "Pemantauan berikutnya paling lambat 1 Januari 2027, dihitung dari 1 Juli 2026.",
    );
    expect(text).toContain("Evaluasi 15 Januari 2026: direvisi.");
    expect(await mainText(sop(documentOnly))).toMatch(
      /Evaluasi berikutnya paling lambat 10 Januari 2025, dihitung dari 10 Januari 2024, hari versi ini dimuat portal\. Sudah lewat per \d+ \S+ \d{4}\./,
    );
  });

  it("shows an old version as such, without its form", async () => {
    const text = await mainText(sop(threeVersions, "versi/1/"));
    expect(text).toContain("Versi lama Anda membaca versi 1, dari 10 Januari 2024 sampai sebelum");
    expect(await html(sop(threeVersions, "versi/1/"))).not.toContain('action="/api/requests"');
    expect(await html(sop(threeVersions))).toContain('action="/api/requests"');
  });

  it.each([
    ["2024-01-10", 1, "portal memuatnya sejak 10 Januari 2024"],
    ["2025-02-28", 1, "sampai sebelum 1 Maret 2025"],
    ["2025-03-01", 2, "berlaku sejak 1 Maret 2025"],
    ["2030-01-01", 3, "tidak ada versi sesudahnya"],
  ])(
    "answers which version counted on %s, by a form without JavaScript",
    async (day, versi, why) => {
      await open(sop(threeVersions), async (page) => {
        await page.getByLabel("Baca versi yang berlaku pada tanggal").fill(day);
        await page.getByRole("button", { name: "Tampilkan" }).click();
        expect(new URL(page.url()).pathname).toBe(sop(threeVersions, `pada/${day}/`));
        const text = await textOf(page);
        expect(text).toContain(`: versi ${versi}`);
        expect(text).toContain(why);
        expect(await page.locator("h1").textContent()).toBe(`CONTOH tiga versi, versi ${versi}`);
      });
    },
  );

  it("says so where no version counted, and asks again for a day that is none", async () => {
    const early = await get(sop(threeVersions, "pada/2024-01-09/"));
    expect([early.status, await early.text()]).toEqual([
      404,
      expect.stringContaining("baru mulai pada 10 Januari 2024"),
    ]);
    const late = await get(sop(withdrawn, "pada/2026-02-01/"));
    expect([late.status, await late.text()]).toEqual([
      410,
      expect.stringContaining("dicabut sejak 1 Februari 2026"),
    ]);
    expect((await get(sop(withdrawn, "pada/2026-01-31/"))).status).toBe(200);
    await open(sop(threeVersions, "pada/2025-02-30/"), async (page) => {
      expect(await page.title()).toMatch(/^Galat: /);
      const input = page.getByLabel("Baca versi yang berlaku pada tanggal");
      expect(await input.getAttribute("aria-invalid")).toBe("true");
      expect(await page.locator("#pada-tanggal-galat").textContent()).toContain("tidak dikenali");
    });
    expect((await get(sop("tidak-ada", "pada/2025-01-01/"))).status).toBe(404);
  });

  it("sets versions against each other, told by lines and words, not by colour alone", async () => {
    await open(sop(threeVersions, "banding/1..3/"), async (page) => {
      const text = await textOf(page);
      expect(text).toContain("1 langkah ditambah");
      expect(text).toContain("1 langkah dihapus");
      const added = page.locator("main ins", { hasText: "Mencatat kesiapan server" });
      expect(await added.textContent()).toMatch(/^\[ditambah: .*\]$/);
      const line = (css: string) =>
        page
          .locator(css)
          .first()
          .evaluate((one) => getComputedStyle(one).textDecorationLine);
      expect([await line("main ins"), await line("main del")]).toEqual([
        "underline",
        "line-through",
      ]);
      expect(await page.getByText("Langkah 3, dulu langkah 4").count()).toBe(1);
      const others = page.getByRole("navigation", { name: "Bandingkan versi lain" });
      expect(await others.getByRole("link").count()).toBe(3);
    });
  });
});

describe("an SOP that is no longer, or not yet, in force", () => {
  it("that was withdrawn answers 410 and says why, by what, and where to go on", async () => {
    for (const rest of ["", "formulir/"]) {
      const answer = await get(sop(withdrawnAndReplaced, rest));
      const page = await answer.text();
      expect(answer.status).toBe(410);
      for (const told of ["1 Februari 2026", "Keputusan CONTOH Nomor 1 Tahun 2026", "digabung"]) {
        expect(page).toContain(told);
      }
      expect(page).toContain(`href="${sop(threeVersions)}"`);
      expect(page).toContain(`href="${sop(withdrawnAndReplaced, "versi/1/")}"`);
    }
    expect((await get(sop(withdrawn), { method: "HEAD" })).status).toBe(410);
    expect(await mainText(sop(withdrawn))).toContain("Pengganti tidak ada");
  });

  it("that was withdrawn can be read under its last number, with a banner", async () => {
    const answer = await get(sop(withdrawn, "versi/1/"));
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain("SOP ini dicabut sejak 1 Februari 2026");
    expect(page).toContain('id="langkah-1"');
    expect(page).not.toContain('action="/api/requests"');
  });

  it("that was replaced leads on and takes no requests", async () => {
    const answer = await get(sop(replaced));
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain("SOP ini sudah diganti");
    expect(page).toContain(`href="${sop(threeVersions)}"`);
    expect(page).not.toContain('action="/api/requests"');
  });

  it("that is only published has no form and says so", async () => {
    expect(await html(sop(documentOnly))).not.toContain('action="/api/requests"');
    expect(await mainText(sop(documentOnly))).toContain("hanya diterbitkan untuk dibaca");
  });

  it("that is a draft is reached by its address alone", async () => {
    const page = await html(sop(draft));
    expect(page).toContain("<strong>DRAF</strong>");
    expect(page).toContain('<meta name="robots" content="noindex">');
    expect(page).not.toContain('action="/api/requests"');
    const listed = [
      "sop/index.html",
      "index.html",
      "umpan/sop.atom",
      "sitemap-0.xml",
      "jdihn.json",
    ];
    for (const path of [
      ...listed,
      "kalender/tinjauan-sop.ics",
      `sop/${threeVersions}/index.html`,
    ]) {
      expect(await file(path), path).not.toContain(draft);
    }
    const found = await html("/cari/?q=contoh");
    expect(found).toContain(sop(threeVersions));
    expect(found).not.toContain(sop(draft));
  });

  it("stands in closed lists below those in force", async () => {
    await open("/sop/", async (page) => {
      const link = page.getByRole("link", { name: "CONTOH dicabut tanpa pengganti" });
      expect(await link.isVisible()).toBe(false);
      await page.locator("summary", { hasText: "Dicabut (2)" }).click();
      await link.click();
      expect(new URL(page.url()).pathname).toBe(sop(withdrawn, "versi/1/"));
    });
  });
});

describe("what others subscribe to", () => {
  it.each([
    ["/umpan/sop.atom", "application/atom+xml"],
    ["/kalender/tinjauan-sop.ics", "text/calendar"],
    [sop(threeVersions, "tinjauan.ics"), "text/calendar"],
    ["/jdihn.json", "application/json"],
    ["/skema/sop.json", "application/json"],
    ["/robots.txt", "text/plain"],
  ])("%s is served as %s", async (path, type) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      200,
      expect.stringContaining(type),
    ]);
    expect((await answer.text()).length).toBeGreaterThan(50);
  });

  it("the feed tells of versions, replacement and withdrawal, newest first", async () => {
    const feed = await file("umpan/sop.atom");
    const days = [...feed.matchAll(/<published>(.{10})/g)].map(([, day]) => day ?? "");
    expect(days.length).toBeGreaterThan(6);
    expect(days).toEqual(days.toSorted().reverse());
    expect(feed).toContain(`<id>${LIFE_ORIGIN}${sop(withdrawn)}#dicabut</id>`);
    expect(feed).toContain(`<id>${LIFE_ORIGIN}${sop(replaced)}#diganti</id>`);
  });

  it("the sitemap dates versions by the data and leaves out what is gone; robots.txt names it", async () => {
    const sitemap = await file("sitemap-0.xml");
    const entry = (path: string) =>
      sitemap.split("<url>").find((one) => one.includes(`<loc>${LIFE_ORIGIN}${path}</loc>`));
    expect(entry(sop(threeVersions))).toContain("<lastmod>2026-07-01");
    expect(entry(sop(threeVersions, "versi/1/"))).toContain("<lastmod>2024-01-10");
    expect(entry(sop(withdrawn, "versi/1/"))).toBeDefined();
    for (const path of [sop(withdrawn), "/masuk/", "/ruang-kerja/", "/lacak/"]) {
      expect(entry(path), path).toBeUndefined();
    }
    expect(await file("robots.txt")).toContain(`Sitemap: ${LIFE_ORIGIN}/sitemap-index.xml`);
  });

  it("the legal documentation feed holds the SOPs in force, and only them", async () => {
    const records = JSON.parse(await file("jdihn.json")) as { idData: string }[];
    const ids = records.map(({ idData }) => idData);
    expect(ids).toContain(threeVersions);
    expect(ids).toContain(documentOnly);
    for (const slug of [withdrawn, replaced, draft]) expect(ids).not.toContain(slug);
  });
});

describe("the legal basis", () => {
  it("tells of each law who took its place, who checked it, and which SOPs cite it in which words", async () => {
    const text = await mainText("/dasar-hukum/pp-82-2012/");
    expect(text).toContain("dicabut, diganti PP 71/2019");
    expect(text).toContain("Diganti oleh Peraturan Pemerintah Nomor 71 Tahun 2019");
    expect(text).toContain("Diperiksa 22 November 2026");
    expect(text).toMatch(/, versi 1 Peraturan Pemerintah Nomor 82 Tahun 2012 tentang/);
    expect(await mainText("/dasar-hukum/pp-71-2019/")).toContain(
      "Menggantikan Peraturan Pemerintah Nomor 82 Tahun 2012",
    );
  });

  it("can be filtered by status with links alone", async () => {
    await open("/dasar-hukum/", async (page) => {
      const filter = page.getByRole("navigation", { name: "Saring menurut status" });
      await filter.getByRole("link", { name: /^Dicabut \(\d+\)$/ }).click();
      expect(await page.locator("h1").textContent()).toBe("Dasar hukum: dicabut");
      const badges = await page.locator("main tbody .badge").allTextContents();
      expect(badges.length).toBeGreaterThan(0);
      for (const badge of badges) expect(badge).toMatch(/^dicabut/);
    });
  });
});
