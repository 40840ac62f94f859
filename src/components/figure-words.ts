/** Public figures as sentences: what a chart shows is said first. */
import { listText, minutesText, numberText } from "#domain/indonesian.ts";
import type { DrillPeriod } from "#domain/transparency/drills.ts";
import type { Shown } from "#domain/transparency/protect.ts";
import type { PublicPeriod } from "#domain/transparency/publish.ts";
import type { LastRestore, RestoreAge } from "#domain/transparency/restore-age.ts";
import type { ServiceView } from "#domain/transparency/view.ts";
import { countText } from "./count-text.ts";

const ROMAN = ["I", "II", "III", "IV"] as const;
const MONTH = new Intl.DateTimeFormat("id-ID", { month: "long", year: "numeric", timeZone: "UTC" });

/** "tahun 2026", "triwulan III 2026", "Januari 2026". */
export function periodText({ id, kind }: Pick<PublicPeriod, "id" | "kind">): string {
  if (kind === "year") return `tahun ${id}`;
  if (kind === "month") return monthText(id);
  return `triwulan ${ROMAN[Number(id.at(-1)) - 1]} ${id.slice(0, 4)}`;
}

/** "Januari 2026" */
export function monthText(month: string): string {
  return MONTH.format(new Date(`${month}-01T00:00:00Z`));
}

/** The same at the beginning of a line. */
export function periodTitle(period: Pick<PublicPeriod, "id" | "kind">): string {
  const text = periodText(period);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a period was for a service, in one sentence that follows the period's name. */
export function storyOf(period: PublicPeriod): string {
  const { received, completed } = period.flow;
  if (isNone(received) && isNone(completed)) {
    return "tidak ada permohonan yang diterima atau selesai.";
  }
  const share =
    period.onTimeShare === null
      ? ""
      : `; ${percentText(period.onTimeShare)} langkah selesai dalam waktu baku`;
  return `${happened(received, "diterima")}, ${done(completed)}${share}.`;
}

/** Working minutes of whole requests. */
export function requestTimeText({ minutes }: PublicPeriod): string {
  if (!minutes) {
    return "Lama permohonan belum ditampilkan: sedikitnya 5 permohonan selesai diperlukan.";
  }
  const half = `Separuh permohonan yang selesai memerlukan paling lama ${minutesText(minutes.median)} waktu kerja`;
  return minutes.p90 === null
    ? `${half}.`
    : `${half}; 9 dari 10 paling lama ${minutesText(minutes.p90)}.`;
}

/** What the chart of the flow shows. */
export function flowFinding(quarters: readonly PublicPeriod[]): string {
  const known = quarters.flatMap(({ flow, ...period }) =>
    flow.received.kind === "count" ? [{ period, value: flow.received.value }] : [],
  );
  const most = known.toSorted((a, b) => b.value - a.value)[0];
  if (!most || most.value === 0) return "Permohonan tiap triwulan terlalu sedikit untuk dirinci.";
  const others = known.filter(({ value }) => value === most.value);
  const when = listText(others.map(({ period }) => periodText(period)));
  return known.length === 1
    ? `Pada ${when} diterima ${numberText(most.value)} permohonan.`
    : `Terbanyak diterima pada ${when}: ${numberText(most.value)} permohonan.`;
}

/** What the chart of the steps shows. */
export function stepsFinding(service: ServiceView, period: PublicPeriod): string {
  const timed = service.steps.flatMap(({ no, standardMinutes }) => {
    const minutes = period.steps.find((step) => step.no === no)?.minutes;
    return minutes && standardMinutes !== null
      ? [{ no, over: minutes.median > standardMinutes }]
      : [];
  });
  const over = timed.filter((step) => step.over).map(({ no }) => String(no));
  if (timed.length === 0) return "Waktu nyata belum dapat dibandingkan dengan waktu baku.";
  if (over.length === 0) {
    return `Nilai tengah waktu nyata semua langkah yang terukur (${timed.length}) tidak melampaui waktu bakunya.`;
  }
  return `Nilai tengah waktu nyata langkah ${listText(over)} melampaui waktu bakunya; ${timed.length - over.length} dari ${timed.length} langkah tidak.`;
}

const AGE: Readonly<Record<RestoreAge, string>> = {
  "below-1": "kurang dari 1 bulan",
  "1-to-3": "1–3 bulan",
  "above-3": "lebih dari 3 bulan",
  never: "belum pernah",
};

/** How long ago a restore was last carried through. */
export function restoreText({ until, age }: LastRestore): string {
  const at = `pada akhir ${monthText(until)}`;
  if (age === null) return `tidak ditampilkan (${at})`;
  return age === "never" ? `${AGE.never} (${at})` : `${AGE[age]} sebelumnya (${at})`;
}

/** Drills of some quarters, in one sentence. */
export function drillStory(quarters: readonly DrillPeriod[]): string {
  const [first, last] = [quarters[0], quarters.at(-1)];
  if (!first || !last) return "Belum ada uji pulih yang diumumkan.";
  const held = quarters.reduce((sum, period) => sum + period.held, 0);
  const passed = quarters.reduce((sum, period) => sum + period.passed, 0);
  const when =
    first === last
      ? `Pada ${periodText(last)}`
      : `Dari ${periodText(first)} sampai ${periodText(last)}`;
  if (held === 0) return `${when} tidak ada uji pulih.`;
  const result = passed === held ? "semuanya lulus" : `${numberText(passed)} lulus`;
  return `${when} diadakan ${numberText(held)} uji pulih; ${result}.`;
}

export function percentText(share: number): string {
  return `${numberText(share * 100, 0)} %`;
}

function isNone(shown: Shown): boolean {
  return shown.kind === "count" && shown.value === 0;
}

function happened(shown: Shown, what: string): string {
  if (isNone(shown)) return `tidak ada permohonan yang ${what}`;
  if (shown.kind === "count" || shown.kind === "small") {
    return `${countText(shown)} permohonan ${what}`;
  }
  return `jumlah permohonan yang ${what} tidak ditampilkan`;
}

function done(completed: Shown): string {
  if (isNone(completed)) return "belum ada yang selesai";
  if (completed.kind === "count" || completed.kind === "small") {
    return `${countText(completed)} selesai`;
  }
  return "jumlah yang selesai tidak ditampilkan";
}
