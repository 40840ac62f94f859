import { dateText } from "../indonesian.ts";
import { type Finding, finding } from "./finding.ts";
import { type LifeCycle, reviewsDue } from "./life-cycle.ts";

const WORDS = {
  pemantauan: { aturan: "pemantauan-lewat", title: "Pemantauan" },
  evaluasi: { aturan: "evaluasi-lewat", title: "Evaluasi" },
} as const;

/** Monitoring and evaluation that was due before `today`, a local date; paths are of riwayat.md. */
export function lintReviews(life: LifeCycle, today: string): Finding[] {
  return reviewsDue(life)
    .filter(({ due }) => due < today)
    .map(({ kind, due, since }) =>
      finding(
        WORDS[kind].aturan,
        [kind],
        `${WORDS[kind].title} yang jatuh tempo ${dateText(due)} belum tercatat; dihitung sejak ${dateText(since)}.`,
        `Sesudah dilaksanakan, tambahkan tanggal dan hasilnya pada ${kind}.`,
      ),
    );
}
