/**
 * What the search knows of each page, the same for the index in the browser and the one on the
 * server. It is made of the content, not of the pages: menus, forms and drafts never turn up, and of
 * an SOP only the version that counts now.
 */
import { blocksOf } from "#domain/sop/document.ts";
import type { LifeCycle } from "#domain/sop/life-cycle.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { KIND_LABELS } from "#domain/workflow/form.ts";
import type { AgencyData } from "./agency-schema.ts";
import type { Guide } from "./guide-schema.ts";
import type { Law } from "./law-schema.ts";
import type { Term } from "./term-schema.ts";

/** Results are shown in groups, in this order. */
export const SEARCH_KINDS = ["SOP", "Peraturan", "Istilah", "Panduan"] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

export interface SearchEntry {
  readonly href: string;
  readonly kind: SearchKind;
  readonly title: string;
  /** Other names people look for. */
  readonly names: readonly string[];
  /** Short name of the agency, of SOPs only. */
  readonly agency: string | null;
  readonly number: string | null;
  /** As a word, of SOPs and laws only. */
  readonly status: string | null;
  readonly body: string;
}

export interface Searchable {
  readonly sops: readonly { readonly sop: Sop; readonly life: Pick<LifeCycle, "status"> }[];
  readonly laws: readonly Law[];
  readonly terms: readonly Term[];
  readonly guides: readonly Guide[];
  readonly agencies: ReadonlyMap<string, Pick<AgencyData, "nama" | "singkatan" | "status">>;
}

export function searchEntries({ sops, laws, terms, guides, agencies }: Searchable): SearchEntry[] {
  return [
    ...sops.flatMap(({ sop, life }): SearchEntry[] => {
      const agency = agencies.get(sop.instansi);
      if (life.status === "draf" || agency?.status !== "terbit") return [];
      return [
        {
          href: `/sop/${sop.slug}/`,
          kind: "SOP",
          title: sop.judul,
          names: [agency.nama, ...(sop.identitas.namaSop === null ? [] : [sop.identitas.namaSop])],
          agency: agency.singkatan,
          number: sop.identitas.nomor,
          status: life.status,
          body: lines([
            sop.jenisPermohonan.map((kind) => KIND_LABELS[kind]).join(" dan "),
            sopText(sop),
          ]),
        },
      ];
    }),
    ...laws.map(
      (law): SearchEntry => ({
        href: `/dasar-hukum/${law.id}/`,
        kind: "Peraturan",
        title: `${law.jenis} Nomor ${law.nomor} Tahun ${law.tahun}`,
        // "uu 14 2008", as people abbreviate it.
        names: [law.judulResmi, law.id.replaceAll("-", " ")],
        agency: null,
        number: `${law.nomor}/${law.tahun}`,
        status: law.status.replaceAll("_", " "),
        body: lines([
          `tentang ${law.judulResmi}`,
          ...law.pasalRelevan.map(({ pasal, isi }) => `${pasal}: ${isi}`),
          law.catatan,
          plainText(law.body),
        ]),
      }),
    ),
    ...terms.map(
      (term): SearchEntry => ({
        href: `/istilah/#${term.id}`,
        kind: "Istilah",
        title: term.istilah,
        names: term.lain,
        agency: null,
        number: null,
        status: null,
        body: lines([term.arti, plainText(term.body)]),
      }),
    ),
    ...guides.map(
      (guide): SearchEntry => ({
        href: `/panduan/${guide.id}/`,
        kind: "Panduan",
        title: guide.judul,
        names: [],
        agency: null,
        number: null,
        status: null,
        body: lines([guide.ringkasan, plainText(guide.body)]),
      }),
    ),
  ];
}

/** What is printed in an SOP: the procedure before the blocks, since excerpts begin with it. */
export function sopText(sop: Sop): string {
  return lines([
    sop.judulProsedur,
    ...sop.langkah.flatMap((step) => [
      step.grup ?? null,
      step.uraian,
      ...step.kelengkapan,
      ...step.output,
      step.keterangan,
    ]),
    ...sop.pelaksana.map(({ judul }) => judul),
    ...blocksOf(sop).flatMap(({ items }) => items.map(({ teks }) => teks)),
  ]);
}

/** One sentence or line after the other; what has no end mark is given one, so that excerpts read well. */
function lines(parts: readonly (string | null)[]): string {
  return parts
    .filter((part): part is string => part !== null && part !== "")
    .map((part) => (/[.;:!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
}

/** The sentences of a Markdown text: without its marks, and without listings of code. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/^(```|~~~)[\s\S]*?^\1.*$/gm, "")
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^[ \t]*(?:#{1,6}|>|[-*+]|\d+\.)[ \t]+/gm, "")
    .replace(/^[ \t|:-]+$/gm, "")
    .replace(/\||[*`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}
