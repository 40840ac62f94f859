/**
 * Lays sop.pdf and sop.bpmn beside every version's page, and at the root the list of all PDFs to check
 * copies by. They take long enough to be made by threads and kept from one build to the next.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invariant } from "#domain/errors.ts";
import { dateText } from "#domain/indonesian.ts";
import { canonicalJson } from "#domain/trust/canonical.ts";
import {
  type Catalog,
  type CatalogSop,
  type CatalogVersion,
  loadCatalog,
} from "../catalog/load.ts";
import type { SopDocument } from "../typst/sop-pdf.ts";
import { settings } from "./settings.ts";
import type { BuildStep } from "./steps.ts";
import { makeTwins } from "./twin-cache.ts";

export const twins: BuildStep = {
  name: "PDF and BPMN",
  async run({ client, contentDir, origin }) {
    const { made, kept } = await writeTwins({
      client,
      contentDir,
      origin,
      cache: settings.twinCache,
    });
    return `${made} made, ${kept} kept`;
  },
};

export async function writeTwins(options: {
  readonly client: string;
  readonly contentDir: string;
  readonly origin: string;
  readonly cache: string;
}): Promise<{ made: number; kept: number }> {
  const catalog = await loadCatalog(options.contentDir);
  const entries = [...catalog.sops.values()].flatMap((sop) =>
    sop.versions.map((version) => ({
      folder: folderOf(sop, version),
      document: documentOf(catalog, sop, version, options.origin),
    })),
  );
  const { stems, made } = await makeTwins(
    entries.map(({ document }) => document),
    options.cache,
  );
  const manifest: ManifestEntry[] = [];
  for (const [at, { folder, document }] of entries.entries()) {
    const stem = stems[at] ?? "";
    const pdf = await readFile(`${stem}.pdf`);
    const target = join(options.client, folder);
    await mkdir(target, { recursive: true });
    await writeFile(join(target, "sop.pdf"), pdf);
    await copyFile(`${stem}.bpmn`, join(target, "sop.bpmn"));
    manifest.push({
      slug: document.sop.slug,
      versi: document.sop.versi,
      digest: document.digest,
      pdf: {
        path: `${folder}sop.pdf`,
        sha256: createHash("sha256").update(pdf).digest("hex"),
        bytes: pdf.length,
      },
    });
  }
  await writeFile(join(options.client, "manifes.json"), canonicalJson(manifest));
  return { made, kept: entries.length - made };
}

/** In order of slug and version. */
type ManifestEntry = {
  readonly slug: string;
  readonly versi: number;
  /** SHA-256 of the version's data (sop.json). */
  readonly digest: string;
  readonly pdf: { readonly path: string; readonly sha256: string; readonly bytes: number };
};

/** The current version lies beside the SOP's page, older ones beside their own. */
function folderOf({ versions }: CatalogSop, { sop }: CatalogVersion): string {
  const current = versions.at(-1)?.sop.versi === sop.versi;
  return `/sop/${sop.slug}/${current ? "" : `versi/${sop.versi}/`}`;
}

function documentOf(
  catalog: Catalog,
  entry: CatalogSop,
  { sop, digest }: CatalogVersion,
  origin: string,
): SopDocument {
  const agency = catalog.agencies.get(sop.instansi);
  const life = entry.life.versi.find(({ versi }) => versi === sop.versi);
  invariant(agency && life, `${sop.slug} has its agency and its life`);
  return {
    sop,
    digest,
    agency: { nama: agency.nama, kop: agency.kop },
    origin,
    published: life.diterbitkan,
    status: statusOf(catalog, entry, sop.versi),
  };
}

/** What a reader of a copy must know; null for the current version of an SOP in force. */
function statusOf(catalog: Catalog, { sop, life }: CatalogSop, version: number): string | null {
  const successor = catalog.sops.get(life.digantiOleh ?? "")?.sop.judul;
  const by = successor === undefined ? "" : `, diganti ${successor}`;
  if (life.pencabutan) return `SOP ini dicabut sejak ${dateText(life.pencabutan.sejak)}${by}`;
  if (life.digantiSejak) return `SOP ini tidak berlaku sejak ${dateText(life.digantiSejak)}${by}`;
  if (version !== sop.versi) return `Bukan versi terbaru: sudah ada versi ${sop.versi}`;
  return life.status === "draf" ? "Draf, belum berlaku" : null;
}
