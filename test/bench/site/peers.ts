/** Other site generators, each installed in a folder of its own and given the same SOPs. */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asMarkdown, listMarkdown } from "./as-markdown.ts";
import type { SopFile } from "./make-sop.ts";
import { type Run, runMeasured } from "./run-measured.ts";

const HERE = join(import.meta.dirname, "peers");

export interface Generator {
  readonly name: string;
  readonly folder: string;
  /** Where its pages are read from. */
  readonly source: string;
  readonly command: readonly string[];
  readonly dist: string;
  /** Address of an SOP's page. */
  hrefOf(slug: string): string;
}

export const GENERATORS: readonly Generator[] = [
  {
    name: "Starlight 0.42.4",
    folder: "starlight",
    source: "src/content/docs",
    command: ["node_modules/astro/bin/astro.mjs", "build"],
    dist: "dist",
    hrefOf: (slug) => `/sop/${slug}/`,
  },
  {
    name: "VitePress 1.6.4",
    folder: "vitepress",
    source: ".",
    command: ["node_modules/vitepress/bin/vitepress.js", "build"],
    dist: ".vitepress/dist",
    hrefOf: (slug) => `/sop/${slug}.html`,
  },
];

/** Installs the checked-in versions under `root`, and answers the folder. */
export async function install(name: string, root: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  await cp(join(HERE, name), folder, { recursive: true });
  await runMeasured("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"], {
    cwd: folder,
  });
  return folder;
}

/** Builds the SOPs from nothing; caches of an earlier run are removed first. */
export async function buildPeer(
  generator: Generator,
  folder: string,
  sops: readonly SopFile[],
): Promise<Run> {
  const source = join(folder, generator.source);
  const stale = [generator.dist, ".astro", "node_modules/.astro", ".vitepress/cache"];
  for (const place of stale) await rm(join(folder, place), { recursive: true, force: true });
  await rm(join(source, "sop"), { recursive: true, force: true });
  await page(join(source, "index.md"), listMarkdown(sops, generator.hrefOf));
  for (const sop of sops) await page(join(source, "sop", `${sop.slug}.md`), asMarkdown(sop));
  return runMeasured(process.execPath, generator.command, { cwd: folder });
}

async function page(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
