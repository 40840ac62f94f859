/**
 * The collections of the pages, from the one loader that the functions use too: a file that does not
 * hold stops the build with the same sentence.
 */

import { defineCollection } from "astro:content";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { LoaderContext } from "astro/loaders";
import { z } from "astro/zod";
import { settings } from "./build/settings.ts";
import type { AgencyData } from "./catalog/agency-schema.ts";
import type { Guide } from "./catalog/guide-schema.ts";
import type { Law } from "./catalog/law-schema.ts";
import { type Catalog, type CatalogSop, type CatalogVersion, loadCatalog } from "./catalog/load.ts";
import type { ExcludedInformation, PublicInformation } from "./catalog/ppid-schema.ts";
import type { Service } from "./catalog/service-schema.ts";
import type { Term } from "./catalog/term-schema.ts";

type Version = Pick<CatalogVersion, "sop" | "digest">;
/** What pages need of an SOP: its current version, its life, all versions (oldest first). */
export type SopEntry = Version &
  Pick<CatalogSop, "life"> & { readonly versions: readonly Version[] };

type Fill = (catalog: Catalog, context: LoaderContext) => void | Promise<void>;

/** The catalog has checked every entry; the schema here only carries the type. */
function collection<T extends object>(name: string, fill: Fill) {
  return defineCollection({
    schema: z.custom<T>(),
    loader: {
      name: `catalog-${name}`,
      load: (context) =>
        withContent(async (catalog) => {
          context.store.clear();
          await fill(catalog, context);
        }),
    },
  });
}

let reading: Promise<Catalog> | null = null;
let readers = 0;

/** Collections that are filled at one time share one reading; the last one lets go of it. */
async function withContent(use: (catalog: Catalog) => Promise<void>): Promise<void> {
  readers += 1;
  reading ??= loadCatalog(settings.contentDir);
  try {
    await use(await reading);
  } finally {
    readers -= 1;
    if (readers === 0) reading = null;
  }
}

export const collections = {
  sop: collection<SopEntry>("sop", ({ sops }, { store }) => {
    for (const [id, { sop, digest, life, versions }] of sops) {
      const slim = versions.map((version) => ({ sop: version.sop, digest: version.digest }));
      store.set({ id, data: { sop, digest, life, versions: slim } });
    }
  }),
  instansi: collection<AgencyData>("instansi", ({ agencies }, { store }) => {
    // The calendar is for the clock, not for pages.
    for (const [id, { calendar: _, body, ...data }] of agencies) store.set({ id, data, body });
  }),
  dasarHukum: collection<Law>("dasar-hukum", async ({ laws }, { store, renderMarkdown }) => {
    for (const [id, law] of laws) {
      store.set({ id, data: { ...law }, body: law.body, rendered: await renderMarkdown(law.body) });
    }
  }),
  layanan: collection<Service>("layanan", async ({ services }, { store, renderMarkdown }) => {
    for (const [id, service] of services) {
      const rendered = await renderMarkdown(service.body);
      store.set({ id, data: { ...service }, body: service.body, rendered });
    }
  }),
  dip: collection<PublicInformation>("dip", ({ listed }, { store }) => {
    for (const [id, data] of listed) store.set({ id, data });
  }),
  dikecualikan: collection<ExcludedInformation>("dikecualikan", ({ excluded }, { store }) => {
    for (const [id, data] of excluded) store.set({ id, data });
  }),
  panduan: collection<Guide>("panduan", async ({ guides }, { store, renderMarkdown }) => {
    for (const [id, guide] of guides) {
      // Its pictures are found beside the file, and get their sizes from the build.
      const file = join(settings.contentDir, guide.file);
      const rendered = await renderMarkdown(guide.body, { fileURL: pathToFileURL(file) });
      const pictures = rendered.metadata?.imagePaths ?? [];
      const filePath = relative(process.cwd(), file);
      const entry = { id, data: { ...guide }, body: guide.body, rendered };
      store.set({ ...entry, filePath, assetImports: pictures.map(String) });
    }
  }),
  istilah: collection<Term>("istilah", async ({ terms }, { store, renderMarkdown }) => {
    for (const [id, term] of terms) {
      const rendered = await renderMarkdown(term.body);
      store.set({ id, data: { ...term }, body: term.body, rendered });
    }
  }),
};
