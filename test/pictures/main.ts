/**
 * Renews the pictures of the documentation: `npm run build`, then `npm run pictures`, with `sop` or
 * `panduan` for a part. Needs Chromium and pdftoppm.
 */
import { join } from "node:path";
import { launchBrowser } from "#support/browser.ts";
import { assertBuilt } from "#support/built-site.ts";
import { takeGuideViews } from "./guide-views.ts";
import { takeSopViews } from "./sop-views.ts";

const root = join(import.meta.dirname, "..", "..");
const out = join(root, "content", "panduan", "gambar");
const asked = process.argv.slice(2);
const takes = (part: string): boolean => asked.length === 0 || asked.includes(part);

assertBuilt();
const browser = await launchBrowser();
try {
  if (takes("sop")) await takeSopViews(browser, root, out);
  if (takes("panduan")) await takeGuideViews(browser, out);
} finally {
  await browser.close();
}
