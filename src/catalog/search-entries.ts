/**
 * What the search knows of each page, the same for the index in the browser and the one on the
 * server. It is made of the content, not of the pages: menus, forms and drafts never turn up, and of
 * an SOP only the version that counts now.
 */
import { blocksOf } from "#domain/sop/document.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { KIND_LABELS } from "#domain/workflow/form.ts";
import type { Guide } from "./guide-schema.ts";
import type { Law } from "./law-schema.ts";
import { lines, plainText, type SearchEntry } from "./search-entry.ts";
import { ppidEntries, type SearchableServices, serviceEntries } from "./search-services.ts";
import type { Term } from "./term-schema.ts";

export interface Searchable extends SearchableServices {
  readonly laws: readonly Law[];
  readonly terms: readonly Term[];
  readonly guides: readonly Guide[];
}

export function searchEntries(searchable: Searchable): SearchEntry[] {
  const { sops, laws, terms, guides, agencies } = searchable;
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
    ...serviceEntries(searchable),
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
    ...ppidEntries(searchable),
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
