/** Both source SOPs as they are read and printed: the pictures of the README. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { loadCatalog } from "#catalog/load.ts";
import { withPage } from "#support/browser.ts";
import { client } from "#support/built-site.ts";
import { serveStatic } from "#support/static-site.ts";

const PDF_DPI = "75";

interface View {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
  /** Where the picture begins: id of an element of the page. */
  readonly from?: string;
}

const VIEWS: readonly View[] = [
  { name: "meja", width: 1280, height: 900 },
  { name: "prosedur", width: 1280, height: 1100, from: "prosedur" },
  { name: "gelap", width: 1280, height: 1100, dark: true, from: "prosedur" },
  { name: "ponsel", width: 390, height: 844, from: "prosedur" },
];

export async function takeSopViews(browser: Browser, root: string, out: string): Promise<void> {
  const { sops } = await loadCatalog(join(root, "content"));
  const site = await serveStatic(client);
  try {
    for (const { sop } of sops.values()) {
      for (const view of VIEWS) {
        const path = join(out, `${sop.instansi}-${view.name}.png`);
        await shoot(browser, `${site.origin}/sop/${sop.slug}/`, path, view);
      }
      printed(sop.slug, join(out, `${sop.instansi}-cetak`));
    }
  } finally {
    await site.close();
  }
}

async function shoot(browser: Browser, url: string, path: string, view: View): Promise<void> {
  const { width, height } = view;
  const colorScheme = view.dark ? "dark" : "light";
  await withPage(browser, { viewport: { width, height }, colorScheme }, async (page) => {
    await page.goto(url);
    if (view.from) {
      await page.locator(`#${view.from}`).evaluate((one) => {
        document.documentElement.style.scrollBehavior = "auto";
        one.scrollIntoView();
      });
    }
    await page.screenshot({ path });
  });
}

/** The first two pages as they are printed. */
function printed(slug: string, stem: string): void {
  const pdf = join(client, "sop", slug, "sop.pdf");
  execFileSync("pdftoppm", ["-png", "-r", PDF_DPI, "-l", "2", "-sep", "-", pdf, stem]);
}
