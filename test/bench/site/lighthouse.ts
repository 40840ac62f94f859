/** Lighthouse for a phone on a slow line, simulated: the median of three runs. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BROWSER_FLAGS, BROWSER_PATH } from "#support/browser.ts";
import { runMeasured } from "./run-measured.ts";

export const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"] as const;
export type Scores = Readonly<Record<(typeof CATEGORIES)[number], number>>;

const RUNS = 3;

/** `folder`: where Lighthouse is installed. Scores are 0–100. */
export async function lighthouse(folder: string, url: string): Promise<Scores> {
  const runs: Scores[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const report = join(folder, "report.json");
    await runMeasured(
      process.execPath,
      [
        join("node_modules", "lighthouse", "cli", "index.js"),
        url,
        "--output=json",
        `--output-path=${report}`,
        `--only-categories=${CATEGORIES.join(",")}`,
        `--chrome-flags=--headless ${BROWSER_FLAGS.join(" ")}`,
        "--no-enable-error-reporting",
        "--quiet",
      ],
      { cwd: folder, env: { CHROME_PATH: BROWSER_PATH } },
    );
    runs.push(scoresOf(JSON.parse(await readFile(report, "utf8"))));
  }
  return each((category) => median(runs.map((scores) => scores[category])));
}

function scoresOf(report: {
  readonly categories: Readonly<Record<string, { readonly score: number | null }>>;
}): Scores {
  return each((category) => {
    const score = report.categories[category]?.score;
    if (typeof score !== "number") throw new Error(`lighthouse gave no score for ${category}`);
    return Math.round(score * 100);
  });
}

function each(of: (category: (typeof CATEGORIES)[number]) => number): Scores {
  return Object.fromEntries(CATEGORIES.map((one) => [one, of(one)])) as unknown as Scores;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
