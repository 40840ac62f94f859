/**
 * The yearly report on information service as a sheet for PDF and ODT. Its chapters are those in use
 * (policy; means, staff and budget; details; obstacles; recommendations). Only the details follow
 * from data; the others are the PPID's to write and stay empty here.
 */
import { dateText } from "../indonesian.ts";
import type { Block, Sheet } from "../letters/sheet.ts";
import { LIMIT_DAYS } from "./limits.ts";
import type { PpidFigures } from "./report.ts";
import { GROUND_LABELS, OUTCOME_LABELS, REASON_LABELS } from "./types.ts";

export interface ReportSubject {
  readonly agency: { readonly letterhead: readonly string[]; readonly contact: readonly string[] };
  readonly year: number;
  /** Local date on which the report is made. */
  readonly date: string;
  readonly sample: boolean;
}

const UNWRITTEN: Block = { type: "paragraph", text: "Belum diisi. Bagian ini ditulis oleh PPID." };

export function reportSheet(subject: ReportSubject, figures: PpidFigures): Sheet {
  const { agency, year, date, sample } = subject;
  const heading = (text: string): Block => ({ type: "heading", text });
  return {
    shape: "judul",
    mark: sample ? "CONTOH – BELUM DITANDATANGANI" : "BELUM DITANDATANGANI",
    letterhead: agency.letterhead,
    contact: agency.contact,
    heading: ["LAPORAN TAHUNAN LAYANAN INFORMASI PUBLIK", `TAHUN ${year}`],
    dateline: dateText(date),
    head: [],
    to: [],
    blocks: [
      heading("A. Kebijakan layanan informasi publik"),
      UNWRITTEN,
      heading("B. Sarana, sumber daya manusia, dan anggaran"),
      UNWRITTEN,
      heading("C. Rincian layanan informasi publik"),
      ...details(figures, date),
      heading("D. Kendala"),
      UNWRITTEN,
      heading("E. Rekomendasi dan tindak lanjut"),
      UNWRITTEN,
    ],
    signatures: [],
    initials: [],
    copies: [],
    check: null,
    foot: [`Laporan tahunan layanan informasi publik ${year} · dihitung dari register`],
  };
}

function details(figures: PpidFigures, date: string): Block[] {
  const { answered, objections, days } = figures;
  const answers = Object.values(answered).reduce((sum, count) => sum + count, 0);
  const table = (
    head: readonly string[],
    counts: readonly (readonly [string, number])[],
  ): Block => ({
    type: "table",
    head,
    rows: counts.map(([label, count]) => [label, String(count)]),
  });
  const labelled = <Key extends string>(
    labels: Readonly<Record<Key, string>>,
    counts: Readonly<Partial<Record<Key, number>>>,
  ) =>
    (Object.keys(labels) as Key[]).map((key): readonly [string, number] => [
      labels[key],
      counts[key] ?? 0,
    ]);
  const time = days
    ? `Waktu menjawab: nilai tengah ${decimal(days.median)} hari kerja, terlama ${decimal(days.longest)} hari kerja.`
    : "Belum ada permintaan yang dijawab.";
  return [
    {
      type: "paragraph",
      text: `Sampai ${dateText(date)} diterima ${figures.received} permintaan informasi; ${answers} dijawab, ${figures.open} menunggu jawaban (${figures.overdue} lewat batas waktu), ${figures.withdrawn} dicabut pemohon.`,
    },
    {
      type: "paragraph",
      text: `Dari yang dijawab, ${figures.onTime} dijawab dalam batas waktu (${LIMIT_DAYS.answer} hari kerja; ${figures.extended} permintaan diperpanjang ${LIMIT_DAYS.extension} hari kerja). ${time}`,
    },
    table(["Jawaban", "Jumlah"], labelled(OUTCOME_LABELS, answered)),
    table(["Alasan tidak diberikan", "Jumlah"], labelled(REASON_LABELS, figures.reasons)),
    {
      type: "paragraph",
      text: `Keberatan yang diterima: ${objections.received}; belum ditanggapi: ${objections.open}.`,
    },
    table(["Alasan keberatan", "Jumlah"], labelled(GROUND_LABELS, objections.grounds)),
    table(["Tanggapan atas keberatan", "Jumlah"], labelled(OUTCOME_LABELS, objections.answered)),
  ];
}

function decimal(days: number): string {
  return String(days).replace(".", ",");
}
