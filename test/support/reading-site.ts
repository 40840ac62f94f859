/**
 * The built site on a real server, with a PDF and a list of versions that the tests know, and a browser
 * whose complaints fail the test.
 */
import { createHash } from "node:crypto";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import type { RunningServer } from "#functions/http/server.ts";
import { launchBrowser } from "./browser.ts";
import { assertBuilt, client, dist } from "./built-site.ts";
import { startTestServer } from "./server.ts";
import { tempDir } from "./temp-dir.ts";

const TURN_MS = 10_000;
export const SLUG = "kaltim-backup-restore-database";
export const OTHER = "kukar-restore-vps-vm";
export const PATH = `/sop/${SLUG}/`;
/** An older version that only the list knows. */
export const FORMER = "ab".repeat(32);
export const PDF = Buffer.from("%PDF-1.7\n% CONTOH\n%%EOF\n");

export interface ReadingSite extends AsyncDisposable {
  readonly server: RunningServer;
  digestOf(slug: string): string;
  /** A page of its own context; a breach of the policy or an uncaught error fails the test. */
  visit(
    options: BrowserContextOptions,
    use: (page: Page, context: BrowserContext) => Promise<void>,
  ): Promise<void>;
}

export async function openReadingSite(): Promise<ReadingSite> {
  assertBuilt();
  await using opening = new AsyncDisposableStack();
  const catalog = await loadCatalog(join(import.meta.dirname, "..", "..", "content"));
  const digestOf = (slug: string): string => {
    const entry = catalog.sops.get(slug);
    if (!entry) throw new Error(`no SOP ${slug}`);
    return entry.digest;
  };
  const { path: directory } = opening.use(await tempDir());
  await layOut(directory, digestOf);
  const server = opening.use(await startTestServer({ env: { PULIH_DIST: directory } }));
  const browser = await launchBrowser();
  opening.defer(() => browser.close());
  const stack = opening.move();
  return {
    server,
    digestOf,
    async visit(options, use) {
      const context = await browser.newContext({ locale: "id-ID", ...options });
      context.setDefaultTimeout(TURN_MS);
      const complaints: string[] = [];
      context.on("console", (message) => {
        if (message.text().includes("Content Security Policy")) complaints.push(message.text());
      });
      context.on("weberror", (error) => complaints.push(error.error().message));
      try {
        await use(await context.newPage(), context);
      } finally {
        await context.close();
      }
      expect(complaints).toEqual([]);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function layOut(directory: string, digestOf: (slug: string) => string): Promise<void> {
  const site = join(directory, "client");
  await cp(client, site, { recursive: true });
  await symlink(join(dist, "server"), join(directory, "server"));
  const sha256 = createHash("sha256").update(PDF).digest("hex");
  const entry = (slug: string, versi: number, digest: string, pdf: string) => ({
    slug,
    versi,
    digest,
    pdf: { path: `/sop/${slug}/sop.pdf`, sha256: pdf, bytes: PDF.length },
  });
  const entries = [
    entry(SLUG, 1, digestOf(SLUG), sha256),
    entry(SLUG, 2, FORMER, FORMER),
    entry(OTHER, 1, digestOf(OTHER), digestOf(OTHER)),
  ];
  await mkdir(join(site, PATH), { recursive: true });
  await writeFile(join(site, PATH, "sop.pdf"), PDF);
  await writeFile(join(site, "manifes.json"), JSON.stringify({ entries }));
}
