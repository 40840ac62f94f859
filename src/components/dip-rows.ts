/**
 * The Daftar Informasi Publik: what this portal publishes, by agency. Rows follow from the content;
 * what it does not tell, such as how long a paper is kept, stays null.
 */
import { dateText, listText } from "#domain/indonesian.ts";
import { startOf } from "#domain/sop/life-cycle.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { DATASETS, PERFORMANCE } from "#domain/transparency/datasets.ts";
import type { AgencyData } from "../catalog/agency-schema.ts";
import type { Guide } from "../catalog/guide-schema.ts";
import type { PublicClass, PublicInformation } from "../catalog/ppid-schema.ts";
import type { SopEntry } from "../content.config.ts";
import { versionPath } from "./sop-links.ts";
import { stepsWithoutTime, totalStandardTime } from "./standard-time.ts";

export type DipRow = Omit<PublicInformation, "instansi">;

export interface DipGroup {
  /** Null for what belongs to no agency alone. */
  readonly instansi: string | null;
  readonly title: string;
  readonly rows: readonly (DipRow & { readonly no: number })[];
}

export const CLASS_TEXT: Readonly<Record<PublicClass, string>> = {
  berkala: "berkala",
  "serta-merta": "serta-merta",
  "setiap-saat": "setiap saat",
};

/** In the order and wording of the lists in use. */
export const DIP_COLUMNS = [
  ["judul", "Judul informasi"],
  ["ringkasan", "Ringkasan isi"],
  ["penguasa", "Pejabat/satuan kerja yang menguasai"],
  ["penanggungJawab", "Penanggung jawab pembuatan atau penerbitan"],
  ["waktuTempat", "Waktu dan tempat pembuatan"],
  ["bentuk", "Bentuk informasi yang tersedia"],
  ["retensi", "Jangka waktu penyimpanan"],
  ["media", "Jenis media"],
  ["tautan", "Tautan"],
  ["kategori", "Kategori"],
] as const satisfies readonly (readonly [keyof DipRow, string])[];

export interface DipSources {
  readonly sops: readonly SopEntry[];
  readonly agencies: readonly (Pick<AgencyData, "nama" | "status"> & { readonly id: string })[];
  readonly guides: readonly Pick<Guide, "id" | "judul" | "ringkasan" | "urutan">[];
  readonly laws: number;
  readonly listed: readonly PublicInformation[];
}

/** One group an agency, then what all share; numbered through, groups without a row left out. */
export function dipGroups({ sops, agencies, guides, laws, listed }: DipSources): DipGroup[] {
  const inForce = sops.filter(({ life }) => life.status === "berlaku");
  const own = (instansi: string | null): DipRow[] =>
    listed.filter((row) => row.instansi === instansi).map(({ instansi: _, ...row }) => row);
  const groups = [
    ...agencies
      .filter(({ status }) => status === "terbit")
      .map(({ id, nama }) => ({
        instansi: id,
        title: nama,
        rows: [
          ...inForce.filter(({ sop }) => sop.instansi === id).flatMap((one) => sopRows(one, nama)),
          ...own(id),
        ],
      })),
    {
      instansi: null,
      title: "Bersama semua instansi",
      rows: [...DATASETS.map(datasetRow), ...lawRows(laws), ...guideRows(guides), ...own(null)],
    },
  ];
  let no = 0;
  return groups
    .filter(({ rows }) => rows.length > 0)
    .map((group) => ({ ...group, rows: group.rows.map((row) => ({ no: ++no, ...row })) }));
}

/** The list for spreadsheets: addresses in full, what is not known empty. */
export function dipTable(groups: readonly DipGroup[], origin: string): string[][] {
  const cell = (row: DipRow, key: (typeof DIP_COLUMNS)[number][0]): string => {
    if (key === "kategori") return CLASS_TEXT[row.kategori];
    if (key === "tautan") return row.tautan === null ? "" : new URL(row.tautan, origin).href;
    return row[key] ?? "";
  };
  return [
    ["No", "Instansi", ...DIP_COLUMNS.map(([, title]) => title)],
    ...groups.flatMap(({ instansi, title, rows }) =>
      rows.map((row) => [
        String(row.no),
        instansi === null ? "" : title,
        ...DIP_COLUMNS.map(([key]) => cell(row, key)),
      ]),
    ),
  ];
}

const UNKNOWN = {
  penguasa: null,
  penanggungJawab: null,
  waktuTempat: null,
  retensi: null,
} as const;
const ONLINE = { media: "Daring", kategori: "setiap-saat" } as const;

/** All versions of an SOP, newest first, and what it promises. */
function sopRows(entry: SopEntry, agency: string): DipRow[] {
  const versions = entry.versions.toReversed().map(({ sop }) => versionRow(entry, sop, agency));
  const time = totalStandardTime(entry.sop);
  if (time === null) return versions;
  const untimed = stepsWithoutTime(entry.sop);
  const without = untimed.length > 0 ? `; langkah ${untimed.join(", ")} tanpa waktu baku` : "";
  return [
    ...versions,
    {
      ...UNKNOWN,
      ...ONLINE,
      judul: `Standar waktu: ${entry.sop.judul}`,
      ringkasan: `Waktu baku tiap langkah, bersama-sama ${time}${without}.`,
      penguasa: agency,
      bentuk: "Digital (halaman web, CSV)",
      tautan: `/sop/${entry.sop.slug}/#prosedur`,
    },
  ];
}

function versionRow(entry: SopEntry, sop: Sop, agency: string): DipRow {
  const { nomor, tanggalPembuatan, disahkanOleh, lembarPengesahan = [] } = sop.identitas;
  const columns = listText(sop.pelaksana.map(({ judul }) => judul));
  // Posts only: names and numbers of persons are on the sheet itself.
  const posts = [...new Set(lembarPengesahan.flatMap(({ jabatan }) => jabatan ?? []))];
  return {
    ...UNKNOWN,
    ...ONLINE,
    judul: `${sop.judul}, versi ${sop.versi}`,
    ringkasan: [
      `SOP ${sop.langkah.length} langkah; pelaksana: ${columns}.`,
      ...(nomor === null ? [] : [`Nomor ${nomor}.`]),
      stateText(entry, sop.versi),
    ].join(" "),
    penguasa: agency,
    penanggungJawab: posts.length > 0 ? listText(posts) : disahkanOleh,
    waktuTempat:
      tanggalPembuatan === null ? null : `${dateText(tanggalPembuatan)}; tempat tidak disebut`,
    bentuk: "Digital (halaman web, PDF, CSV, JSON, BPMN)",
    tautan: versionPath(entry, sop.versi),
  };
}

function stateText({ life }: SopEntry, versi: number): string {
  const next = life.versi.find((one) => one.versi === versi + 1);
  return next ? `Diganti versi ${next.versi} sejak ${dateText(startOf(next))}.` : "Versi terbaru.";
}

function datasetRow(dataset: (typeof DATASETS)[number]): DipRow {
  return {
    ...UNKNOWN,
    ...ONLINE,
    judul: `Data terbuka: ${dataset.title}`,
    ringkasan: dataset.description,
    bentuk: "Digital (CSV, JSON)",
    tautan: `/data/#${dataset.name}`,
    kategori: dataset.name === PERFORMANCE.name ? "berkala" : "setiap-saat",
  };
}

function lawRows(count: number): DipRow[] {
  if (count === 0) return [];
  return [
    {
      ...UNKNOWN,
      ...ONLINE,
      judul: "Daftar dasar hukum SOP",
      ringkasan: `${count} peraturan dengan status dan pasal yang relevan.`,
      bentuk: "Digital (halaman web)",
      tautan: "/dasar-hukum/",
    },
  ];
}

function guideRows(guides: DipSources["guides"]): DipRow[] {
  return guides
    .toSorted((a, b) => a.urutan - b.urutan)
    .map(({ id, judul, ringkasan }) => ({
      ...UNKNOWN,
      ...ONLINE,
      judul,
      ringkasan,
      bentuk: "Digital (halaman web)",
      tautan: `/panduan/${id}/`,
    }));
}
