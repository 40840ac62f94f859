import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sop } from "#domain/sop/schema.ts";
import { axe } from "#support/axe.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { brokenArrows, enlarge } from "#support/procedure-drawing.ts";
import type { StaticSite } from "#support/static-site.ts";
import { openVariedSite } from "#support/varied-site.ts";
import {
  letteredGroups,
  numberedEnds,
  upAndDownRanks,
  variedSops,
  withoutStandards,
} from "#support/varied-sops.ts";

const DESK = { width: 1280, height: 900 };
const sops = Object.values(variedSops).map((make) => make());

let site: StaticSite;
let browser: Browser;

beforeAll(async () => {
  site = await openVariedSite();
  browser = await launchBrowser();
}, 170_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe("procedures of every kind", () => {
  it.each([
    ["as they open", "100%"],
    ["with text twice as large", "200%"],
  ])("draw every arrow as one unbroken line, across groups too (%s)", async (_, size) => {
    await onEach(sops, { viewport: DESK }, async (page, sop) => {
      await enlarge(page, size);
      expect(await brokenArrows(page, sop), sop.slug).toEqual([]);
    });
  });

  it.each([
    ["as they open", "100%"],
    ["with text twice as large", "200%"],
  ])("keep Ya and Tidak inside their cell (%s)", async (_, size) => {
    await onEach(sops, { viewport: { width: 800, height: 900 } }, async (page, sop) => {
      await enlarge(page, size);
      const outside = await page.locator(".flow .tile text").evaluateAll((labels) =>
        labels.flatMap((label) => {
          const box = label.getBoundingClientRect();
          const cell = label.closest("td")?.getBoundingClientRect();
          const fits =
            cell &&
            box.left >= cell.left &&
            box.right <= cell.right &&
            box.top >= cell.top &&
            box.bottom <= cell.bottom;
          return fits ? [] : [`${label.textContent} ${box.left} ${cell?.left}`];
        }),
      );
      expect(outside, sop.slug).toEqual([]);
    });
  });

  it.each([DESK, { width: 320, height: 640 }])(
    "have no axe violation and need no sideways scrolling of the page ($width px)",
    async (viewport) => {
      await onEach(sops, { viewport }, async (page, sop) => {
        expect(await axe(page, { within: "#prosedur" })).toEqual([]);
        const widest = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(widest, sop.slug).toBeLessThanOrEqual(viewport.width);
      });
    },
  );
});

describe("what some sources print and others do not", () => {
  it("headings stand above their steps, and numbers are as printed", async () => {
    await onEach([letteredGroups()], { viewport: DESK }, async (page, sop) => {
      const groups = await page.locator('.procedure th[scope="rowgroup"]').allTextContents();
      expect(groups).toEqual(sop.langkah.flatMap(({ grup }) => grup ?? []));
      expect(await page.locator(".procedure tbody").count()).toBe(groups.length);
      const numbers = await page.locator(".procedure tbody td.no").allTextContents();
      expect(numbers).toEqual(sop.langkah.map(({ nomorTercetak }) => nomorTercetak));
    });
    await onEach([numberedEnds()], { viewport: DESK }, async (page) => {
      const numbers = await page.locator(".procedure tbody td.no").allTextContents();
      expect(numbers).toEqual(["", "2", "3", "4", "5", ""]);
    });
  });

  it("a table without mutu baku has no columns for it, on a phone neither", async () => {
    for (const width of [1280, 390]) {
      await onEach(
        [withoutStandards()],
        { viewport: { width, height: 900 } },
        async (page, sop) => {
          expect(await page.locator(".procedure :is(.input, .time, .output)").count()).toBe(0);
          const heads = await page.locator(".procedure thead th").allTextContents();
          expect(heads).not.toContain(sop.kepalaTabel.mutuBaku);
          expect(heads).toContain(sop.kepalaTabel.keterangan);
        },
      );
    }
  });
});

describe("the ways out of a decision", () => {
  it("are links on a phone, and lead to the step", async () => {
    const options = { viewport: { width: 390, height: 844 }, reducedMotion: "reduce" } as const;
    await onEach([upAndDownRanks()], options, async (page) => {
      const link = page.locator("#langkah-9 a", { hasText: "kembali ke langkah 6" });
      expect(await link.isVisible()).toBe(true);
      await link.click();
      await expect
        .poll(async () => (await page.locator("#langkah-6").boundingBox())?.y)
        .toBeGreaterThanOrEqual(0);
      expect((await page.locator("#langkah-6").boundingBox())?.y).toBeLessThan(100);
    });
  });

  it("are shown in the table to whoever reaches them by keyboard", async () => {
    const options = { viewport: DESK, reducedMotion: "reduce" } as const;
    await onEach([upAndDownRanks()], options, async (page) => {
      const link = page.locator("#langkah-9 a");
      const place = () => page.locator("#langkah-9 .ways").boundingBox();
      expect((await place())?.width).toBeLessThanOrEqual(1);
      await link.focus();
      expect((await place())?.width).toBeGreaterThan(100);
      const shown = await link.evaluate((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        const spot = document.elementFromPoint(left + width / 4, top + height / 2);
        return one.contains(spot) || spot?.contains(one);
      });
      expect(shown).toBe(true);
    });
  });
});

async function onEach(
  which: readonly Sop[],
  options: BrowserContextOptions,
  look: (page: Page, sop: Sop) => Promise<void>,
): Promise<void> {
  await withPage(browser, options, async (page) => {
    for (const sop of which) {
      await page.goto(`${site.origin}/sop/${sop.slug}/`);
      await look(page, sop);
    }
  });
}
