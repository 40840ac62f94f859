import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { tilesOf } from "#diagram/tiles.ts";
import { blocksOf, identityRows } from "#domain/sop/document.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { assertBuilt, client } from "#support/built-site.ts";
import { brokenArrows, enlarge } from "#support/procedure-drawing.ts";
import { type StaticSite, serveStatic } from "#support/static-site.ts";

const root = join(import.meta.dirname, "..", "..");
const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 800 };

let site: StaticSite;
let browser: Browser;
let sops: Sop[];

beforeAll(async () => {
  assertBuilt();
  site = await serveStatic(client);
  browser = await launchBrowser();
  const { sops: all } = await loadCatalog(join(root, "content"));
  sops = [...all.values()].map(({ sop }) => sop);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe("the words of an SOP page", () => {
  it("are those of the source in identity and blocks, line by line", async () => {
    await onEach({ viewport: DESK, javaScriptEnabled: false }, async (page, sop) => {
      const identity = await texts(page, "#identitas tr td");
      expect(identity).toEqual(identityRows(sop).map(({ value }) => shown(value ?? "")));
      for (const { id, title, items } of blocksOf(sop)) {
        const block = page.locator(`section#${id}`);
        expect(clean(await block.locator("h2").textContent())).toBe(title);
        const lines = await block.locator("ol > li").evaluateAll((all) =>
          all.map((item) => {
            const copy = item.cloneNode(true) as HTMLElement;
            for (const badge of copy.querySelectorAll(".badge")) badge.remove();
            return copy.textContent.replaceAll(/\s+/g, " ").trim();
          }),
        );
        expect(lines, id).toEqual(items.map(({ teks }) => clean(teks)));
      }
    });
  });

  it("are those of the source in the procedure, cell by cell, under its own headings", async () => {
    await onEach({ viewport: DESK, javaScriptEnabled: false }, async (page, sop) => {
      const head = sop.kepalaTabel;
      expect(await texts(page, ".procedure thead th")).toEqual([
        ...[head.no, head.kegiatan, head.pelaksana, head.mutuBaku, head.keterangan],
        ...sop.pelaksana.map(({ judul }) => judul),
        ...[head.kelengkapan, head.waktu, head.output],
      ]);
      for (const step of sop.langkah) {
        const cells = await texts(page, `#langkah-${step.no} > :is(td:not(.flow), th)`);
        expect(cells).toEqual([
          String(step.no),
          clean(step.uraian),
          shown(step.kelengkapan.join(", ")),
          shown(step.waktu?.teks ?? ""),
          shown(step.output.join(", ")),
          shown(step.keterangan ?? ""),
        ]);
      }
    });
  });

  it("tell of each drawing what it shows, and of a cell without symbol nothing", async () => {
    await onEach({ viewport: DESK }, async (page, sop) => {
      const tiles = tilesOf(sop);
      for (const [row, step] of sop.langkah.entries()) {
        const cells = await page.locator(`#langkah-${step.no} > .flow`).evaluateAll((all) =>
          all.map((cell) => {
            const copy = cell.cloneNode(true) as HTMLElement;
            for (const drawing of copy.querySelectorAll("svg")) drawing.remove();
            return copy.textContent.replaceAll(/\s+/g, " ").trim();
          }),
        );
        expect(cells).toEqual(tiles[row]?.map(({ text }) => text ?? ""));
      }
    });
  });
});

describe("the procedure table", () => {
  it("has one heading for each cell across and down", async () => {
    await onEach({ viewport: DESK }, async (page, sop) => {
      const columns = 6 + sop.pelaksana.length;
      const spans = await page
        .locator(".procedure colgroup")
        .evaluateAll((all) => all.map((group) => (group as HTMLTableColElement).span));
      expect(spans).toEqual([2, sop.pelaksana.length, 3]);
      expect(await page.locator('.procedure thead th[scope="colgroup"]').count()).toBe(2);
      expect(await page.locator('.procedure thead th[scope="col"]').count()).toBe(columns);
      for (const step of sop.langkah) {
        const row = page.locator(`#langkah-${step.no}`);
        expect(await row.locator("> td, > th").count()).toBe(columns);
        expect(await row.locator('> th[scope="row"]').count()).toBe(1);
      }
    });
  });

  it("draws the source's symbol in each column of each step and nowhere else", async () => {
    await onEach({ viewport: DESK }, async (page, sop) => {
      for (const step of sop.langkah) {
        const drawn = await page.locator(`#langkah-${step.no} > .flow`).evaluateAll((cells) =>
          cells.map((cell) => {
            const rect = cell.querySelector("svg svg rect");
            if (rect) return rect.hasAttribute("rx") ? "terminator" : "proses";
            return cell.querySelector('svg svg path[d^="M0 -16"]') ? "keputusan" : null;
          }),
        );
        const wanted = sop.pelaksana.map(({ id }) =>
          step.kolom.includes(id) ? step.simbol : null,
        );
        expect(drawn, `${sop.slug} ${step.no}`).toEqual(wanted);
      }
    });
  });

  it.each([
    ["as it opens", "100%"],
    ["with text twice as large", "200%"],
  ])("draws every arrow as one unbroken line from symbol to symbol (%s)", async (_, size) => {
    await onEach({ viewport: DESK }, async (page, sop) => {
      await enlarge(page, size);
      expect(await brokenArrows(page, sop), sop.slug).toEqual([]);
    });
  });

  it("keeps number and activity in sight while it is scrolled sideways", async () => {
    await onEach({ viewport: { width: 800, height: 900 } }, async (page) => {
      const region = page.locator(".procedure");
      const activity = page.locator("#langkah-2 > th");
      const before = await activity.boundingBox();
      await region.evaluate((one) => one.scrollTo({ left: 300, behavior: "instant" }));
      expect(await region.evaluate((one) => one.scrollLeft)).toBe(300);
      expect((await activity.boundingBox())?.x).toBeCloseTo(before?.x ?? -1, 0);
    });
  });
});

describe("the steps on a phone", () => {
  it("show roles, kind, activity, facts and the way on of every step, without scrolling", async () => {
    await onEach({ viewport: PHONE, javaScriptEnabled: false }, async (page, sop) => {
      for (const step of sop.langkah) {
        const row = page.locator(`#langkah-${step.no}`);
        const visible = clean(await row.evaluate(seen));
        expect(visible).toContain(clean(step.uraian));
        for (const fact of [...step.kelengkapan, step.waktu?.teks ?? "–", ...step.output]) {
          expect(visible).toContain(clean(fact));
        }
        expect(visible).toMatch(/Lanjut ke langkah \d+|Bila ya, |Prosedur berakhir/);
        const chips = await row
          .locator(".on")
          .evaluateAll((cells) =>
            cells.map((cell) => getComputedStyle(cell, "::before").content.slice(1, -1)),
          );
        const roles = sop.pelaksana.filter(({ id }) => step.kolom.includes(id));
        expect(chips).toEqual(roles.map(({ judul }) => judul));
      }
      const widest = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(widest).toBeLessThanOrEqual(PHONE.width);
    });
  });

  it("lie one under the other and not over each other", async () => {
    await onEach({ viewport: { width: 320, height: 640 } }, async (page) => {
      const rows = await page.locator(".procedure tbody > tr").evaluateAll((all) =>
        all.map((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          return { top, bottom };
        }),
      );
      rows.slice(1).forEach((row, at) => {
        expect(row.top).toBeGreaterThanOrEqual((rows[at]?.bottom ?? 0) - 1);
        expect(row.bottom - row.top).toBeGreaterThan(60);
      });
    });
  });

  it("are told once: neither width repeats a step's activity", async () => {
    for (const viewport of [PHONE, DESK]) {
      await onEach({ viewport }, async (page, sop) => {
        const spoken = clean(await page.locator("#prosedur").ariaSnapshot());
        for (const step of sop.langkah) {
          // A cell's own name and its text are one and the same.
          expect(
            await page.locator("#prosedur").getByText(step.uraian, { exact: true }).count(),
          ).toBe(1);
          expect(spoken).toContain(clean(step.uraian).slice(0, 40));
        }
      });
    }
  });
});

describe("the address of a step", () => {
  it.each([
    ["phone", PHONE],
    ["desk", DESK],
  ])("leads to the visible step on a %s, without JavaScript", async (_, viewport) => {
    const options = { viewport, javaScriptEnabled: false, reducedMotion: "reduce" } as const;
    await onEach(options, async (page, sop) => {
      const step = sop.langkah.at(-2);
      await page.goto(`${site.origin}/sop/${sop.slug}/#langkah-${step?.no}`);
      const row = page.locator(`#langkah-${step?.no}`);
      expect(await row.isVisible()).toBe(true);
      const box = await row.boundingBox();
      const y = box?.y ?? -1;
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThan(viewport.height);
    });
  });
});

describe("the twins of an SOP page", () => {
  it("hold a row for each step as a table, and a task for each as a model", async () => {
    for (const sop of sops) {
      const csv = await readFile(join(client, "sop", sop.slug, "sop.csv"), "utf8");
      expect(csv.trimEnd().split("\r\n").length).toBe(sop.langkah.length + 1);
      const bpmn = await readFile(join(client, "sop", sop.slug, "sop.bpmn"), "utf8");
      for (const { no } of sop.langkah) expect(bpmn).toContain(`id="Langkah_${no}"`);
    }
  });
});

/** Runs in the page: the text of an element that is not hidden for the eye. */
function seen(element: Element): string {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const words: string[] = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const { width = 0 } = parent?.getBoundingClientRect() ?? {};
    if (width > 1) words.push(walker.currentNode.textContent ?? "");
  }
  return words.join(" ");
}

async function onEach(
  options: Parameters<typeof withPage>[1],
  look: (page: Page, sop: Sop) => Promise<void>,
): Promise<void> {
  for (const sop of sops) {
    await withPage(browser, options, async (page) => {
      await page.goto(`${site.origin}/sop/${sop.slug}/`);
      await look(page, sop);
    });
  }
}

async function texts(page: Page, selector: string): Promise<string[]> {
  return (await page.locator(selector).allTextContents()).map(clean);
}

function clean(text: string | null): string {
  return (text ?? "").replaceAll(/\s+/g, " ").trim();
}

/** What stands where the source is empty: a dash for the eye, words for the ear. */
function shown(text: string): string {
  return text === "" ? "–tidak disebut dalam sumber" : clean(text);
}
