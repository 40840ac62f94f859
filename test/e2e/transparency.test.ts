/** The pages of figures in a real browser without JavaScript: nothing yet, small, full, ten years. */
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "#functions/http/server.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { assertBuilt, dist } from "#support/built-site.ts";
import { startTestServer } from "#support/server.ts";
import { cellsOfHistory, storeCells } from "#support/simulated-history.ts";

interface Site {
  readonly name: string;
  readonly from: string;
  readonly count: number;
  readonly paths: readonly string[];
}

const SITES: readonly Site[] = [
  { name: "nothing", from: "2020-01-10", count: 0, paths: ["/transparansi/", "/data/"] },
  {
    name: "small",
    from: "2024-01-10",
    count: 12,
    paths: ["/transparansi/", "/transparansi/2024/"],
  },
  {
    name: "full",
    from: "2023-01-10",
    count: 500,
    paths: ["/transparansi/", "/transparansi/2024/", "/data/"],
  },
  {
    name: "long",
    from: "2015-01-10",
    count: 1_500,
    paths: ["/transparansi/", "/transparansi/2015/"],
  },
];

let browser: Browser;
const servers = new Map<string, RunningServer>();

beforeAll(async () => {
  assertBuilt();
  browser = await launchBrowser();
  for (const { name, from, count } of SITES) {
    const server = await startTestServer({ env: { PULIH_DIST: dist, PULIH_CONTOH: "0" } });
    servers.set(name, server);
    if (count === 0) continue;
    for (const { sop } of server.deps.catalog.sops.values()) {
      const steps = sop.langkah.map(({ no }) => ({ no, standard: no === 1 ? null : 20 }));
      const span = { from, to: "2024-12-20", offsetMinutes: 480 };
      const { slug, instansi: agency, versi } = sop;
      const cells = cellsOfHistory({ slug, agency, versi, steps, ...span, count, seed: count });
      await storeCells(server.deps.db, cells);
    }
  }
}, 120_000);

afterAll(async () => {
  await browser?.close();
  for (const server of servers.values()) await server.close();
});

async function visit(
  options: BrowserContextOptions,
  look: (page: Page, where: string, site: Site) => Promise<void>,
): Promise<void> {
  await withPage(browser, { javaScriptEnabled: false, ...options }, async (page) => {
    for (const site of SITES) {
      for (const path of site.paths) {
        const answer = await page.goto(`${servers.get(site.name)?.base}${path}`);
        expect(answer?.status(), `${site.name} ${path}`).toBe(200);
        await look(page, `${site.name} ${path}`, site);
      }
    }
  });
}

describe("the pages of figures", () => {
  it.each(["light", "dark"] as const)("have no axe violation (%s)", async (colorScheme) => {
    await visit({ colorScheme, javaScriptEnabled: true }, async (page) => {
      expect(await axe(page)).toEqual([]);
    });
  });

  it("reflow at 320 px without scrolling sideways, drawings and all", async () => {
    await visit(
      { viewport: { width: 320, height: 640 }, javaScriptEnabled: true },
      async (page, where) => {
        const widest = await page.evaluate(() => ({
          page: document.documentElement.scrollWidth,
          words: Math.max(
            0,
            ...[...document.querySelectorAll(".chart text")].map(
              (text) => text.getBoundingClientRect().right,
            ),
          ),
        }));
        expect(widest.page, where).toBeLessThanOrEqual(320);
        expect(widest.words, where).toBeLessThanOrEqual(320);
      },
    );
  });

  it("need no style attribute, no script and nothing the policy forbids", async () => {
    const complaints: string[] = [];
    await visit({ javaScriptEnabled: true }, async (page, where) => {
      page.removeAllListeners();
      page.on("console", (message) => complaints.push(`${where}: ${message.text()}`));
      await page.reload();
      expect(await page.locator("main [style]").count(), where).toBe(0);
    });
    expect(complaints).toEqual([]);
  });

  it("say when figures come where there are none yet", async () => {
    await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      const base = servers.get("nothing")?.base;
      await page.goto(`${base}/transparansi/`);
      const text = (await page.textContent("main")) ?? "";
      expect(text).toContain("Belum ada angka yang diumumkan.");
      expect(await page.locator("main time").count()).toBeGreaterThan(0);
      expect((await page.goto(`${base}/transparansi/2024/`))?.status()).toBe(404);
      expect((await page.goto(`${base}/transparansi/bukan-tahun/`))?.status()).toBe(404);
    });
  });

  it("say every figure of a drawing in words or in its table, and hide the drawing from readers", async () => {
    await visit({}, async (page, where, { name }) => {
      for (const chart of await page.locator("svg.chart").all()) {
        expect(await chart.getAttribute("aria-hidden"), where).toBe("true");
        expect(await chart.locator("xpath=ancestor::figure//table").count(), where).toBeGreaterThan(
          0,
        );
        expect(
          (await chart.locator("xpath=ancestor::figure/figcaption").textContent())?.trim(),
        ).toMatch(/\./);
      }
      if (name === "small") expect(await page.textContent("main")).toContain("kurang dari 5");
    });
  });

  it("leads from the overview to each year, its quarters and the files", async () => {
    await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      const base = servers.get("long")?.base ?? "";
      await page.goto(`${base}/transparansi/`);
      const years = await page
        .locator(".service-figures nav")
        .first()
        .locator("a")
        .allTextContents();
      expect(years.slice(-10)).toEqual(Array.from({ length: 10 }, (_, at) => `Tahun ${2024 - at}`));
      await page.locator(".service-figures nav").first().getByText("Tahun 2015").click();
      expect(page.url()).toContain("/transparansi/2015/#layanan-");
      for (const quarter of [1, 2, 3, 4]) {
        expect(await page.locator(`#t${quarter}`).textContent()).toContain("Diumumkan");
      }
      const href = await page.getByText("Unduh angka ini (CSV)").first().getAttribute("href");
      expect((await fetch(base + href)).headers.get("content-type")).toContain("text/csv");
    });
  });
});
