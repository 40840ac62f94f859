/** What a phone loads to show one page for the first time. */
import type { Browser } from "playwright-core";
import { withPage } from "#support/browser.ts";

export interface Visit {
  /** Bytes of bodies as they came over the wire. */
  readonly pageBytes: number;
  readonly scriptBytes: number;
  readonly otherBytes: number;
  readonly requests: number;
  readonly domNodes: number;
  /** Cumulative layout shift. */
  readonly shift: number;
}

const PHONE = { width: 390, height: 844 };
/** Long enough for scripts that wait for the page to be idle. */
const SETTLE_MS = 1_000;

export function firstVisit(browser: Browser, url: string): Promise<Visit> {
  return withPage(
    browser,
    { viewport: PHONE, deviceScaleFactor: 2, isMobile: true },
    async (page) => {
      const loaded: { readonly type: string; readonly bytes: number }[] = [];
      const sizes: Promise<void>[] = [];
      page.on("requestfinished", (request) => {
        const type = request.resourceType();
        const read = async () => {
          const { responseBodySize } = await request.sizes();
          loaded.push({ type, bytes: responseBodySize });
        };
        sizes.push(read());
      });
      const answer = await page.goto(url, { waitUntil: "networkidle" });
      if (answer?.status() !== 200) throw new Error(`${url} answered ${answer?.status()}`);
      await page.waitForTimeout(SETTLE_MS);
      await Promise.all(sizes);
      const of = (...types: readonly string[]) =>
        loaded
          .filter(({ type }) => types.includes(type))
          .reduce((total, { bytes }) => total + bytes, 0);
      const all = loaded.reduce((total, { bytes }) => total + bytes, 0);
      const pageBytes = of("document", "stylesheet");
      const scriptBytes = of("script");
      return {
        pageBytes,
        scriptBytes,
        otherBytes: all - pageBytes - scriptBytes,
        requests: loaded.length,
        domNodes: await page.evaluate(() => document.querySelectorAll("*").length),
        shift: await page.evaluate(layoutShift),
      };
    },
  );
}

function layoutShift(): Promise<number> {
  return new Promise((resolve) => {
    let total = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        total += (entry as PerformanceEntry & { readonly value: number }).value;
      }
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(total), 100);
  });
}
