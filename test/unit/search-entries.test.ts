import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import {
  plainText,
  type Searchable,
  type SearchEntry,
  searchEntries,
} from "#catalog/search-entries.ts";

const content = join(import.meta.dirname, "..", "..", "content");

describe("what the search knows", () => {
  let catalog: Catalog;
  let searchable: Searchable;
  let entries: SearchEntry[];
  beforeAll(async () => {
    catalog = await loadCatalog(content);
    searchable = {
      sops: [...catalog.sops.values()],
      laws: [...catalog.laws.values()],
      terms: [...catalog.terms.values()],
      guides: [...catalog.guides.values()],
      agencies: catalog.agencies,
    };
    entries = searchEntries(searchable);
  });

  test("is every SOP, law, term and guide, once, by its address", () => {
    const { sops, laws, terms, guides } = catalog;
    expect(entries.length).toBe(sops.size + laws.size + terms.size + guides.size);
    expect(new Set(entries.map(({ href }) => href)).size).toBe(entries.length);
    expect(entries.map(({ href }) => href)).toEqual(
      expect.arrayContaining([
        "/sop/kaltim-backup-restore-database/",
        "/dasar-hukum/pp-71-2019/",
        "/istilah/#disposisi",
        "/panduan/pemohon/",
      ]),
    );
  });

  test("holds each step of an SOP and each line of its blocks", () => {
    for (const { sop } of catalog.sops.values()) {
      const body = entries.find(({ href }) => href === `/sop/${sop.slug}/`)?.body;
      for (const step of sop.langkah) expect(body).toContain(step.uraian);
      for (const law of sop.dasarHukum) expect(body).toContain(law.teks);
      for (const item of sop.pencatatan) expect(body).toContain(item.teks);
    }
  });

  test("leaves out drafts, of an SOP as of an agency", () => {
    const of = (changed: Partial<Searchable>) =>
      searchEntries({ ...searchable, ...changed }).filter(({ kind }) => kind === "SOP").length;
    expect(of({})).toBe(catalog.sops.size);
    const drafts = searchable.sops.map(({ sop }) => ({ sop, life: { status: "draf" as const } }));
    expect(of({ sops: drafts })).toBe(0);
    const hidden = [...catalog.agencies].map(
      ([id, agency]) => [id, { ...agency, status: "draf" as const }] as const,
    );
    expect(of({ agencies: new Map(hidden) })).toBe(0);
  });
});

describe("a Markdown text", () => {
  test("is searched by its words, without marks and listings", () => {
    const text = [
      "## Judul *miring*",
      "- butir `kode` dan [tautan](https://contoh.go.id/a_b)",
      "1. nama_berkas tetap, _miring_ tidak",
      "![gambar](x.png)",
      "| a | b |",
      "|---|:-:|",
      "| sel | lain |",
      "```sh",
      "rahasia --perintah",
      "```",
      "> kutipan",
    ].join("\n");
    expect(plainText(text)).toBe(
      "Judul miring butir kode dan tautan nama_berkas tetap, miring tidak a b sel lain kutipan",
    );
  });
});
