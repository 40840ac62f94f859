/**
 * Builds the portal with a thousand SOPs, and the same SOPs with other site generators, one after the
 * other on this machine; then visits one page of each as a phone does.
 *
 *   npm run bench:site -- [--n 1000] [--skip-peers] [--skip-lighthouse] [--json]
 *
 * Peers build pages and search only; ours builds the procedure's symbols, forms, twins and PDFs too.
 */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import { launchBrowser } from "#support/browser.ts";
import { cacheOf } from "../../../src/build/settings.ts";
import { printReport } from "../report.ts";
import { firstVisit } from "./first-visit.ts";
import { changeOne, generate } from "./generate.ts";
import { lighthouse, type Scores } from "./lighthouse.ts";
import type { SopFile } from "./make-sop.ts";
import { buildOurs, serveOurs } from "./our-build.ts";
import { buildPeer, GENERATORS, type Generator, install } from "./peers.ts";
import { type Figures, reportRows } from "./report-rows.ts";
import { compressed, serve } from "./serve.ts";

const { values: options } = parseArgs({
  options: {
    n: { type: "string", default: "1000" },
    "skip-peers": { type: "boolean", default: false },
    "skip-lighthouse": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const count = Number(options.n);
if (!Number.isInteger(count) || count < 1) throw new Error("--n must be a whole number from 1");

const work = await mkdtemp(join(tmpdir(), "pulih-bench-site-"));
const dist = join(work, "dist");
const browser = await launchBrowser();
const peers: Figures[] = [];
const failures: string[] = [];
try {
  say(`${count} SOPs`);
  const content = join(work, "content");
  const sops = await generate(content, count);
  const page = sops.find((sop) => sop.jenisPermohonan.length > 0) ?? sops[0];
  if (page === undefined) throw new Error("there is no SOP to visit");
  const tool = options["skip-lighthouse"] ? null : await attempt("Lighthouse", installLighthouse);
  const ours = await measureOurs(browser, content, page, tool);
  if (!options["skip-peers"]) {
    for (const generator of GENERATORS) {
      const measured = await attempt(generator.name, () =>
        measurePeer(browser, generator, sops, page, tool),
      );
      peers.push(measured ?? { name: generator.name });
    }
  }
  printReport(
    `Site with ${count} SOPs, first visit of ${page.slug}`,
    reportRows(ours, peers),
    failures.length === 0,
  );
} finally {
  await browser.close();
  await rm(work, { recursive: true, force: true });
  await rm(cacheOf(dist), { recursive: true, force: true });
}

async function measureOurs(
  browser: Browser,
  content: string,
  page: SopFile,
  tool: string | null,
): Promise<Figures> {
  say("building ours");
  const cold = await buildOurs(content, dist);
  const siteBytes = await sizeOf(join(dist, "client"));
  say("visiting ours");
  await using server = await serveOurs(content, dist, join(work, "data"));
  const url = `${server.origin}/sop/${page.slug}/`;
  const visit = await firstVisit(browser, url);
  const scores = tool === null ? null : await lighthouse(tool, url);
  say("building ours after one change");
  await changeOne(content, page);
  const again = await buildOurs(content, dist);
  return {
    name: "ours",
    ...visit,
    htmlSeconds: cold.htmlSeconds,
    searchSeconds: cold.searchSeconds,
    pdfSeconds: cold.pdfSeconds,
    seconds: cold.seconds,
    cpuSeconds: cold.cpuSeconds,
    peakBytes: cold.peakBytes,
    siteBytes,
    scores,
    again: { seconds: again.seconds, pdfSeconds: again.pdfSeconds, pdfDone: again.pdfDone },
    server: { startSeconds: server.startSeconds, peakBytes: server.peakBytes },
  };
}

async function measurePeer(
  browser: Browser,
  generator: Generator,
  sops: readonly SopFile[],
  page: SopFile,
  tool: string | null,
): Promise<Figures> {
  say(`installing ${generator.name}`);
  const folder = await install(generator.folder, join(work, "peers"));
  say(`building ${generator.name}`);
  const { seconds, cpuSeconds, peakBytes } = await buildPeer(generator, folder, sops);
  const site = join(folder, generator.dist);
  const siteBytes = await sizeOf(site);
  say(`visiting ${generator.name}`);
  await using server = await serve(await compressed(site));
  const url = `${server.origin}${generator.hrefOf(page.slug)}`;
  const visit = await firstVisit(browser, url);
  const scores: Scores | null = tool === null ? null : await lighthouse(tool, url);
  return { name: generator.name, ...visit, seconds, cpuSeconds, peakBytes, siteBytes, scores };
}

async function installLighthouse(): Promise<string> {
  say("installing Lighthouse");
  return install("lighthouse", join(work, "peers"));
}

/** A peer that cannot be had leaves its place empty and the run not ok; ours is still told. */
async function attempt<T>(name: string, run: () => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    failures.push(name);
    say(`${name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** What the generator made; copies that are compressed beforehand are not counted. */
async function sizeOf(dir: string): Promise<number> {
  const files = (await readdir(dir, { recursive: true })).filter(
    (name) => !/\.(br|gz)$/.test(name),
  );
  let total = 0;
  for (const name of files) {
    const found = await stat(join(dir, name));
    if (found.isFile()) total += found.size;
  }
  return total;
}

function say(line: string): void {
  console.error(`bench:site: ${line}`);
}
