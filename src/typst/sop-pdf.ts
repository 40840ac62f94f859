/**
 * An SOP version as its official document: F4 lying, tagged (PDF/UA-1), the letterhead and the
 * identity, the blocks, the procedure with its symbols; after it, apart, what is not of the source.
 */
import { renderSVG } from "uqr";
import { z } from "zod";
import { invariant } from "#domain/errors.ts";
import { blocksOf, identityRows } from "#domain/sop/document.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { pdfOf, resultOf } from "./compile.ts";
import { sheetOf } from "./sheet.ts";
import { partingWords } from "./soft-hyphens.ts";

/** All that enters the file; the same input gives the same bytes. */
export interface SopDocument {
  readonly sop: Sop;
  /** SHA-256 of the version. */
  readonly digest: string;
  readonly agency: { readonly nama: string; readonly kop: readonly string[] };
  /** Address of the portal, without a slash at the end. */
  readonly origin: string;
  /** Day on which the portal took the version in; the date in the file's metadata. */
  readonly published: string;
  /** Printed on each page, e.g. that the version is not in force; null where there is nothing to say. */
  readonly status: string | null;
}

/** Nothing is signed electronically here, so no page may look as if it were. */
const MARK = "CONTOH – salinan tanpa tanda tangan";
const EMPTY = "–";
const SHORT_DIGEST = 16;
/** In points; a row that is higher than a page is set smaller rather than cut. */
const TEXT_SIZES = [9, 8.5, 7.5, 6.5, 5.5, 4.5] as const;
/** Height in mm of the part about checking the copy. */
const CHECK_HEIGHT = 42;

/** `header` and `words` go on to the drawing as they are. */
const MeasuresSchema = z.object({
  header: z.unknown(),
  words: z.array(z.unknown()),
  widths: z.array(z.number()),
  head: z.tuple([z.number(), z.number()]),
  heights: z.array(z.number()),
  bands: z.array(z.number()),
  title: z.number(),
});

export function sopPdf(document: SopDocument): Uint8Array {
  const { sop, digest, agency, published } = document;
  const { table, sheet } = tableOf(sop);
  const content = {
    ...table,
    sheet,
    title: sop.judul,
    agency: agency.nama,
    keywords: ["SOP", ...(sop.identitas.nomor === null ? [] : [sop.identitas.nomor])],
    status: document.status ?? "",
    mark: MARK,
    version: `Versi ${sop.versi} · SHA-256 ${digest.slice(0, SHORT_DIGEST)}…`,
    letterhead: agency.kop,
    identity: identityRows(sop).map(({ label, value }) => ({ label, value: value ?? EMPTY })),
    blocks: blocksOf(sop).map(({ title, items }) => ({
      title,
      items: items.map(({ nomor, teks }) => ({ number: nomor, words: teks })),
    })),
    check: { ...checkOf(document), afterTable: sheet.left >= CHECK_HEIGHT },
    notes: { title: "Catatan penyunting (bukan bagian dari naskah)", groups: notesOf(sop) },
  };
  return pdfOf({ template: "sop.typ", data: content, name: nameOf(sop) }, published);
}

/** The table's words and its drawing, each row in the largest size of text with which it fits a page. */
function tableOf(sop: Sop) {
  const sizes = sop.langkah.map(() => 0);
  for (;;) {
    const table = wordsOf(
      sop,
      sizes.map((at) => TEXT_SIZES[at] ?? 0),
    );
    const { header, words, ...measures } = MeasuresSchema.parse(
      resultOf({ template: "measure.typ", data: table, name: nameOf(sop) }),
    );
    const { tooHigh, ...sheet } = sheetOf(sop, measures);
    if (tooHigh.length === 0) return { table, sheet: { ...sheet, header, words } };
    for (const row of tooHigh) sizes[row] = (sizes[row] ?? 0) + 1;
    invariant(Math.max(...sizes) < TEXT_SIZES.length, `a row of ${sop.slug} fits no page`);
  }
}

function wordsOf(sop: Sop, sizes: readonly number[]) {
  const head = sop.kepalaTabel;
  const steps = sop.langkah.map((step, row) => ({
    size: sizes[row] ?? 0,
    no: step.nomorTercetak ?? String(step.no),
    group: step.grup ?? null,
    kegiatan: step.uraian,
    kelengkapan: step.kelengkapan.join(", ") || EMPTY,
    waktu: step.waktu?.teks ?? EMPTY,
    output: step.output.join(", ") || EMPTY,
    keterangan: step.keterangan ?? EMPTY,
  }));
  const roles = sop.pelaksana.map(({ judul }) => judul);
  const words = steps.flatMap((step) =>
    Object.values(step).filter((one) => typeof one === "string"),
  );
  return {
    head,
    roles,
    steps,
    bare: sop.tanpaMutuBaku ?? false,
    soft: partingWords([...words, ...roles, ...Object.values(head)]),
    procedureTitle: sop.judulProsedur ?? "Prosedur",
  };
}

function nameOf({ slug, versi }: Sop): string {
  return `sop/${slug} versi ${versi}`;
}

function checkOf({ sop, digest, origin }: SopDocument) {
  const page = `${origin}/sop/${sop.slug}/versi/${sop.versi}/`;
  const address = `${page}#sha256=${digest}`;
  const groups = digest.match(/.{1,16}/g) ?? [];
  return {
    qr: renderSVG(address, { border: 0 }),
    alt: `Kode QR yang membuka ${page}`,
    title: "Memeriksa salinan ini",
    words: [
      `Pindai kode QR, atau buka ${page}. Halaman itu memuat naskah versi ini, statusnya sekarang, dan sidik SHA-256 datanya.`,
      `Sidik di halaman itu harus sama dengan yang tercetak di sini: ${groups.join(" ")}. Bila berbeda, salinan ini bukan dari versi itu; pakai naskah di halaman itu.`,
      "Salinan ini tidak ditandatangani, baik dengan tangan maupun secara elektronik. Keabsahan naskah ada pada dokumen asli di instansi.",
    ],
  };
}

function notesOf(sop: Sop): { title: string; words: string[] }[] {
  const titles: Record<string, string> = {
    identitas: "Identitas",
    ...Object.fromEntries(blocksOf(sop).map(({ id, title }) => [id, title])),
    prosedur: "Prosedur",
  };
  return Object.entries(titles)
    .map(([id, title]) => ({
      title,
      words: sop.catatanPenyunting.filter(({ bagian }) => bagian === id).map(({ teks }) => teks),
    }))
    .filter(({ words }) => words.length > 0);
}
