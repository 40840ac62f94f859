import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import { type Searchable, searchEntries } from "#catalog/search-entries.ts";
import { plainText, type SearchEntry } from "#catalog/search-entry.ts";

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
      services: [...catalog.services.values()],
      listed: [...catalog.listed.values()],
      agencies: catalog.agencies,
    };
    entries = searchEntries(searchable);
  });

  test("is every SOP, law, term and guide, once, by its address", () => {
    const { sops, laws, terms, guides } = catalog;
    const of = (...kinds: string[]) => entries.filter(({ kind }) => kinds.includes(kind)).length;
    expect(of("SOP", "Peraturan", "Istilah", "Panduan")).toBe(
      sops.size + laws.size + terms.size + guides.size,
    );
    expect(new Set(entries.map(({ href }) => href)).size).toBe(entries.length);
    expect(entries.map(({ href }) => href)).toEqual(
      expect.arrayContaining([
        "/sop/kaltim-backup-restore-database/",
        "/dasar-hukum/pp-71-2019/",
        "/istilah/#disposisi",
        "/panduan/pemohon/",
        "/layanan/kaltim-backup-restore-database/",
        "/ppid/",
        "/ppid/minta/",
        "/ppid/dip/#dip-kaltim",
        "/ppid/dip/#dip-bersama",
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

  test("finds a service only where it is open, and by what its agency decided", () => {
    const open = [...catalog.sops.values()].filter(
      ({ sop, life }) => life.status === "berlaku" && sop.jenisPermohonan.length > 0,
    );
    const services = (changed: Partial<Searchable>) =>
      searchEntries({ ...searchable, ...changed }).filter(({ kind }) => kind === "Layanan");
    expect(services({}).map(({ href }) => href)).toEqual(
      open.map(({ sop }) => `/layanan/${sop.slug}/`),
    );
    const closed = searchable.sops.map(({ sop }) => ({
      sop,
      life: { status: "dicabut" as const },
    }));
    expect(services({ sops: closed })).toEqual([]);
    const [first] = searchable.services;
    if (!first) throw new Error("no service has a file");
    const maklumat = { teks: ["CONTOH janji"], tanggal: null, penandaTangan: null };
    const changed = { ...first, biaya: ["CONTOH tanpa biaya"], maklumat };
    const body = services({ services: [changed] }).find(({ href }) =>
      href.includes(first.id),
    )?.body;
    expect(body).toContain("CONTOH tanpa biaya.");
    expect(body).not.toContain("CONTOH janji");
  });

  test("holds the rows of public information that follow from no other content", () => {
    const bodies = entries.filter(({ kind }) => kind === "PPID").map(({ body }) => body);
    for (const { judul, ringkasan } of catalog.listed.values()) {
      const row = `${judul}: ${ringkasan}`;
      expect(bodies.filter((body) => body.includes(row)).length, judul).toBe(1);
    }
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
