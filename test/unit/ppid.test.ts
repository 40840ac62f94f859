import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import {
  type ExcludedInformation,
  ExcludedInformationSchema,
  type PublicInformation,
  PublicInformationSchema,
} from "#catalog/ppid-schema.ts";
import { spreadsheetCsv } from "#diagram/csv.ts";
import { AppError } from "#domain/errors.ts";
import { DATASETS } from "#domain/transparency/datasets.ts";
import { LIVES, writeLifeContent } from "#support/life-content.ts";
import { tempDir } from "#support/temp-dir.ts";
import {
  DIP_COLUMNS,
  type DipGroup,
  type DipRow,
  dipGroups,
  dipTable,
} from "../../src/components/dip-rows.ts";

const CONTENT = join(import.meta.dirname, "..", "..", "content");
const EXCLUDED = {
  urutan: 1,
  informasi: "Contoh",
  dasarHukum: [{ rujukan: "uu-14-2008", pasal: "Pasal 17", diperiksa: null }],
  bilaDibuka: "Contoh",
  bilaDitutup: "Contoh",
  uji: null,
};
const LISTED = { judul: "Contoh", ringkasan: "Contoh", kategori: "berkala" };

let catalog: Catalog;
beforeAll(async () => {
  await using dir = await tempDir();
  await writeLifeContent(dir.path);
  catalog = await loadCatalog(dir.path);
});

function listOf(more: { listed?: PublicInformation[]; hidden?: string } = {}): DipGroup[] {
  return dipGroups({
    sops: [...catalog.sops.values()],
    agencies: [...catalog.agencies.values()].map((agency) =>
      agency.id === more.hidden ? { ...agency, status: "draf" } : agency,
    ),
    guides: [...catalog.guides.values()],
    laws: catalog.laws.size,
    listed: more.listed ?? [...catalog.listed.values()],
  });
}

const rowsOf = (groups: readonly DipGroup[]) => groups.flatMap(({ rows }) => rows);
const links = (groups: readonly DipGroup[]) => rowsOf(groups).map(({ tautan }) => tautan);
const rowAt = (tautan: string): DipRow => {
  const row = rowsOf(listOf()).find((one) => one.tautan === tautan);
  if (!row) throw new Error(`no row for ${tautan}`);
  return row;
};

describe("the Daftar Informasi Publik", () => {
  it("lists an SOP in force with all its versions, newest first", () => {
    const path = `/sop/${LIVES.threeVersions}/`;
    const own = links(listOf()).filter((link) => link?.startsWith(path));
    expect(own).toEqual([path, `${path}versi/2/`, `${path}versi/1/`, `${path}#prosedur`]);
    expect(rowAt(`${path}versi/1/`).ringkasan).toContain("Diganti versi 2 sejak 1 Maret 2025.");
    expect(rowAt(path).ringkasan).toContain("Versi terbaru.");
  });

  it("lists no SOP that is a draft, withdrawn or replaced", () => {
    const { draft, withdrawn, withdrawnAndReplaced, replaced } = LIVES;
    for (const slug of [draft, withdrawn, withdrawnAndReplaced, replaced]) {
      expect(links(listOf()).filter((link) => link?.startsWith(`/sop/${slug}/`))).toEqual([]);
    }
  });

  it("lists every table of the open data, every guide, and the laws", () => {
    expect(links(listOf())).toEqual(
      expect.arrayContaining([
        ...DATASETS.map(({ name }) => `/data/#${name}`),
        ...[...catalog.guides.keys()].map((id) => `/panduan/${id}/`),
        "/dasar-hukum/",
      ]),
    );
  });

  it("tells what the source tells and leaves the rest empty", () => {
    expect(rowAt("/sop/kukar-restore-vps-vm/")).toMatchObject({
      penanggungJawab: "Plt. KEPALA DINAS",
      waktuTempat: "23 Juni 2025; tempat tidak disebut",
      retensi: null,
    });
    expect(rowAt("/sop/kaltim-backup-restore-database/")).toMatchObject({
      penanggungJawab: null,
      waktuTempat: null,
      retensi: null,
    });
    expect(rowAt("/dasar-hukum/")).toMatchObject({ penguasa: null, penanggungJawab: null });
  });

  it("names the posts of a sheet of approval and never a person", () => {
    const entry = catalog.sops.get("kukar-restore-vps-vm");
    if (!entry) throw new Error("the SOP is not there");
    const lembarPengesahan = [
      { sebagai: "Disahkan oleh", jabatan: "Kepala CONTOH", nama: "Nama CONTOH", nip: "1" },
    ];
    const sop = { ...entry.sop, identitas: { ...entry.sop.identitas, lembarPengesahan } };
    const groups = dipGroups({
      sops: [{ ...entry, sop, versions: [{ ...entry, sop }] }],
      agencies: [...catalog.agencies.values()],
      guides: [],
      laws: 0,
      listed: [],
    });
    expect(rowsOf(groups)[0]?.penanggungJawab).toBe("Kepala CONTOH");
    expect(JSON.stringify(groups)).not.toContain("Nama CONTOH");
  });

  it("is numbered through, and leaves out agencies that are not published", () => {
    const all = rowsOf(listOf());
    expect(all.map(({ no }) => no)).toEqual(all.map((_, at) => at + 1));
    const groups = listOf({ hidden: "kukar" });
    expect(groups.map(({ instansi }) => instansi)).toEqual(["kaltim", null]);
    expect(rowsOf(groups).map(({ no }) => no)).toEqual(rowsOf(groups).map((_, at) => at + 1));
  });

  it("puts rows from files under their agency, or under what all share", () => {
    const row = (judul: string, instansi: string | null) =>
      PublicInformationSchema.parse({ ...LISTED, judul, instansi });
    const groups = listOf({ listed: [row("Milik satu", "kukar"), row("Milik semua", null)] });
    const placeOf = (judul: string) =>
      groups.find(({ rows }) => rows.some((one) => one.judul === judul))?.instansi;
    expect([placeOf("Milik satu"), placeOf("Milik semua")]).toEqual(["kukar", null]);
  });

  it("is a table with full addresses, empty cells, and no formula", () => {
    const formula = { ...LISTED, judul: "=1+1", tautan: "https://contoh.go.id/a" };
    const listed = [PublicInformationSchema.parse(formula)];
    const table = dipTable(listOf({ listed }), "https://sop.contoh.go.id");
    expect(table[0]).toEqual(["No", "Instansi", ...DIP_COLUMNS.map(([, title]) => title)]);
    expect(new Set(table.map((row) => row.length)).size).toBe(1);
    const csv = spreadsheetCsv(table);
    expect(csv).toContain("https://sop.contoh.go.id/sop/kukar-restore-vps-vm/");
    expect(csv).toContain("'=1+1,Contoh,,,,,,,https://contoh.go.id/a,berkala");
  });
});

describe("a row of the lists", () => {
  it.each(["javascript:alert(1)", "//situs.lain/a", "sop/a/"])(
    "takes no link like %s",
    (tautan) => {
      expect(PublicInformationSchema.safeParse({ ...LISTED, tautan }).success).toBe(false);
    },
  );

  it.each<[string, Partial<Record<keyof ExcludedInformation, unknown>>]>([
    ["without an article", { dasarHukum: [] }],
    ["tested but without a period", { uji: { tanggal: "2026-01-02", penetapan: "CONTOH-1" } }],
    ["without saying whether it was tested", { uji: undefined }],
    ["without what follows if it is opened", { bilaDibuka: "" }],
  ])("that excludes is refused %s", (_, change) => {
    expect(ExcludedInformationSchema.safeParse(EXCLUDED).success).toBe(true);
    expect(ExcludedInformationSchema.safeParse({ ...EXCLUDED, ...change }).success).toBe(false);
  });

  it.each([
    [
      "ppid/dip/privasi.md",
      "judul:",
      "instansi: tak-ada\njudul:",
      "instansi",
      "instansi/tak-ada.md",
    ],
    [
      "ppid/dikecualikan/disposisi.md",
      "rujukan: uu-14-2008",
      "rujukan: uu-0-0000",
      "dasarHukum ke-1 › rujukan",
      "dasar-hukum/uu-0-0000.md",
    ],
  ])(
    "that names what is not there is told with its place: %s",
    async (file, from, to, trail, named) => {
      await using dir = await tempDir();
      await cp(CONTENT, dir.path, { recursive: true });
      const path = join(dir.path, file);
      await writeFile(path, (await readFile(path, "utf8")).replace(from, to));
      const failure: unknown = await loadCatalog(dir.path).catch((error: unknown) => error);
      if (!(failure instanceof AppError)) throw new Error("the content was taken");
      const [problem, ...more] = failure.problems;
      expect(more).toEqual([]);
      expect(problem?.field).toMatch(new RegExp(`^${file}:\\d+ ${trail}$`));
      expect(problem?.pesan).toContain(`Berkas ${named} tidak ada.`);
    },
  );
});
