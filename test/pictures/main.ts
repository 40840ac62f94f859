/**
 * Renews the pictures of the documentation from the built site: `npm run build`, then
 * `npm run pictures`. Needs Chromium and pdftoppm.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { loadCatalog } from "#catalog/load.ts";
import { launchBrowser, withPage } from "#support/browser.ts";
import { assertBuilt, client } from "#support/built-site.ts";
import { serveStatic } from "#support/static-site.ts";

const root = join(import.meta.dirname, "..", "..");
const out = join(root, "content", "panduan", "gambar");
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

assertBuilt();
const { sops } = await loadCatalog(join(root, "content"));
const site = await serveStatic(client);
const browser = await launchBrowser();
try {
  for (const { sop } of sops.values()) {
    for (const view of VIEWS) await shoot(sop.slug, `${sop.instansi}-${view.name}`, view);
    printed(sop.slug, sop.instansi);
  }
} finally {
  await browser.close();
  await site.close();
}

async function shoot(slug: string, name: string, view: View): Promise<void> {
  const { width, height } = view;
  const colorScheme = view.dark ? "dark" : "light";
  await withPage(browser, { viewport: { width, height }, colorScheme }, async (page) => {
    await page.goto(`${site.origin}/sop/${slug}/`);
    if (view.from) {
      await page.locator(`#${view.from}`).evaluate((one) => {
        document.documentElement.style.scrollBehavior = "auto";
        one.scrollIntoView();
      });
    }
    await page.screenshot({ path: join(out, `${name}.png`) });
  });
}

/** The first two pages as they are printed. */
function printed(slug: string, name: string): void {
  const pdf = join(client, "sop", slug, "sop.pdf");
  const stem = join(out, `${name}-cetak`);
  execFileSync("pdftoppm", ["-png", "-r", PDF_DPI, "-l", "2", "-sep", "-", pdf, stem]);
}
