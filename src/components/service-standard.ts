/**
 * The fourteen components of a standar pelayanan, in the order of UU 25/2009. What the SOP says is
 * taken from it with the place where it stands; what only the agency can decide comes from its file;
 * what neither says stays empty.
 */
import { dateText, listText } from "#domain/indonesian.ts";
import { blocksOf } from "#domain/sop/document.ts";
import { reviewsDue } from "#domain/sop/life-cycle.ts";
import type { BlockId, Sop } from "#domain/sop/schema.ts";
import type { ServiceData } from "../catalog/service-schema.ts";
import type { SopEntry } from "../content.config.ts";
import { stepsWithoutTime, totalStandardTime } from "./standard-time.ts";

const TITLES = {
  dasarHukum: "Dasar hukum",
  persyaratan: "Persyaratan",
  prosedur: "Sistem, mekanisme, dan prosedur",
  jangkaWaktu: "Jangka waktu penyelesaian",
  biaya: "Biaya/tarif",
  produk: "Produk pelayanan",
  sarana: "Sarana, prasarana, dan/atau fasilitas",
  kompetensi: "Kompetensi pelaksana",
  pengawasanInternal: "Pengawasan internal",
  pengaduan: "Penanganan pengaduan, saran, dan masukan",
  jumlahPelaksana: "Jumlah pelaksana",
  jaminanPelayanan: "Jaminan pelayanan",
  jaminanKeamanan: "Jaminan keamanan dan keselamatan pelayanan",
  evaluasiKinerja: "Evaluasi kinerja pelaksana",
} as const satisfies Partial<Record<keyof ServiceData, string>>;

export type ComponentId = keyof typeof TITLES;

export interface StandardLine {
  readonly teks: string;
  /** Number as printed in the SOP. */
  readonly nomor: number | null;
  /** Id of the law it names. */
  readonly law: string | null;
}

export interface StandardComponent {
  readonly id: ComponentId;
  readonly title: string;
  /** What the SOP says; null where it is silent. */
  readonly fromSop: {
    readonly lines: readonly StandardLine[];
    /** Where in the SOP it stands, in words and as a fragment. */
    readonly place: string;
    readonly anchor: string;
  } | null;
  /** What the agency decided; null where it did not. */
  readonly fromAgency: readonly string[] | null;
  /** What a reader must know about it; fills nothing. */
  readonly remark: string | null;
}

type Placed = Pick<SopEntry, "sop" | "life">;

export function standardOf(
  { sop, life }: Placed,
  service: ServiceData | null,
): StandardComponent[] {
  const fromSop = sopParts(sop);
  const remarks: Partial<Record<ComponentId, string | null>> = {
    ...remarksOn(sop),
    biaya: service?.biaya ? null : "SOP tidak memiliki bagian tentang biaya.",
    evaluasiKinerja: reviewRemark(life),
  };
  return (Object.keys(TITLES) as ComponentId[]).map((id) => {
    const part = fromSop[id];
    return {
      id,
      title: TITLES[id],
      fromSop: part && part.lines.length > 0 ? part : null,
      fromAgency: service?.[id] ?? null,
      remark: remarks[id] ?? null,
    };
  });
}

export function isFilled({ fromSop, fromAgency }: StandardComponent): boolean {
  return fromSop !== null || fromAgency !== null;
}

/** "7 dari 14 komponen terisi" */
export function filledText(components: readonly StandardComponent[]): string {
  return `${components.filter(isFilled).length} dari ${components.length} komponen terisi`;
}

/** What the pemohon brings: the input of step 1, or its output where the source names no input. */
export function requirementsOf(sop: Pick<Sop, "langkah">): readonly string[] {
  const first = sop.langkah[0];
  if (!first) return [];
  return first.kelengkapan.length > 0 ? first.kelengkapan : first.output;
}

/** The sum of the standard times and what it leaves out; null where no step has a time. */
export function standardTimeText(sop: Pick<Sop, "langkah">): string | null {
  const time = totalStandardTime(sop);
  if (time === null) return null;
  const untimed = stepsWithoutTime(sop);
  const without = untimed.length > 0 ? ` (langkah ${untimed.join(", ")} tanpa waktu baku)` : "";
  return `${time}, jumlah waktu baku ${sop.langkah.length} langkah${without}`;
}

export interface Maklumat {
  readonly teks: readonly string[];
  readonly tanggal: string;
  readonly penandaTangan: string;
}

/** Null while the text, the day or the one who signed is missing. */
export function announcedMaklumat(service: ServiceData | null): Maklumat | null {
  const { teks, tanggal, penandaTangan } = service?.maklumat ?? {};
  return teks && tanggal && penandaTangan ? { teks, tanggal, penandaTangan } : null;
}

type SopParts = Partial<Record<ComponentId, NonNullable<StandardComponent["fromSop"]>>>;

function sopParts(sop: Sop): SopParts {
  const blocks = new Map(blocksOf(sop).map((block) => [block.id, block]));
  const block = (id: BlockId) => {
    const { title = id, items = [] } = blocks.get(id) ?? {};
    const lines = items.map(({ teks, nomor, law }) => ({ teks, nomor, law }));
    return { lines, place: title, anchor: id };
  };
  const plain = (texts: readonly string[]): StandardLine[] =>
    texts.map((teks) => ({ teks, nomor: null, law: null }));
  const time = standardTimeText(sop);
  const outputs = sop.langkah.flatMap(({ no, output }) =>
    output.map((teks) => `${teks} (langkah ${no})`),
  );
  return {
    dasarHukum: block("dasar-hukum"),
    persyaratan: { lines: plain(requirementsOf(sop)), place: "langkah 1", anchor: "langkah-1" },
    prosedur: {
      lines: plain([
        `${sop.langkah.length} langkah; pelaksana: ${listText(sop.pelaksana.map(({ judul }) => judul))}`,
      ]),
      place: "Prosedur",
      anchor: "prosedur",
    },
    jangkaWaktu: {
      lines: plain(time === null ? [] : [time]),
      place: "Prosedur",
      anchor: "prosedur",
    },
    produk: { lines: plain(outputs), place: "Prosedur", anchor: "prosedur" },
    sarana: block("peralatan"),
    kompetensi: block("kualifikasi"),
  };
}

function remarksOn(sop: Sop): Partial<Record<ComponentId, string>> {
  const [first] = sop.langkah;
  const outputs = sop.langkah.flatMap(({ output }) => output);
  const borrowed = first && first.kelengkapan.length === 0 && first.output.length > 0;
  return {
    ...(borrowed && {
      persyaratan:
        "SOP tidak mengisi kelengkapan langkah 1; yang ditampilkan ialah output langkah itu.",
    }),
    ...(outputs.length > 1 && {
      produk:
        "SOP tidak menyebut output mana yang menjadi produk pelayanan; semua output ditampilkan.",
    }),
  };
}

/** The reviews judge the SOP, not those who carry it out: they are told, and fill nothing. */
function reviewRemark(life: SopEntry["life"]): string | null {
  const due = reviewsDue(life).map(({ kind, due }) => `${kind} paling lambat ${dateText(due)}`);
  if (due.length === 0) return null;
  return `Tinjauan SOP: ${listText(due)}. Yang ditinjau ialah SOP, bukan kinerja pelaksana.`;
}
