import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Debian's. */
export const BROWSER_PATH = "/usr/bin/chromium";

export const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Debian's Chromium, without anything that talks to the outside. The caller closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_FLAGS });
}

/**
 * Chromium may drop the wish to close a page whose navigation is not over, and say it was granted:
 * Playwright then waits for ever (Chromium's issue 536385539).
 */
export async function closeLoaded(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  await page.close();
}

/** A page of its own context, closed afterwards whatever happens. */
export async function withPage<T>(
  browser: Browser,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext({ locale: "id-ID", ...options });
  try {
    return await use(await context.newPage());
  } finally {
    await context.close();
  }
}
