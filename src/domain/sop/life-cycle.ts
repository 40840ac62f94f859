/**
 * What happens to the versions of an SOP over time. It stands beside the versions, not in them, so
 * that a version keeps its digest when it is replaced or withdrawn.
 *
 * Monitoring at least every 6 months, evaluation at least once a year: PermenPANRB 35/2012. Dates
 * that a source does not print stay null; then the day on which this portal took the version in is
 * what counting starts from, and pages say so.
 */
import { z } from "zod";

const text = z.string().trim().min(1, "tulis teksnya, atau hapus butir ini");
const date = z.iso.date("tulis tanggal sebagai TTTT-BB-HH, mis. 2025-06-23");
const slug = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "tulis nama folder SOP penggantinya");

export const SOP_STATUS_IDS = ["draf", "berlaku", "dicabut", "diganti"] as const;
export type SopStatus = (typeof SOP_STATUS_IDS)[number];

const VersionEntry = z.strictObject({
  versi: z.int().positive(),
  /** Day on which this portal took the version in. */
  diterbitkan: date,
  /** First day in force as the source says; null where it does not. */
  berlakuSejak: date.nullable(),
  /** What changed against the version before, in a sentence. */
  catatan: text.nullable().default(null),
});
export type VersionEntry = z.infer<typeof VersionEntry>;

/** A monitoring (Tabel 7) or an evaluation (Tabel 8) that was held. */
const Review = z.strictObject({
  tanggal: date,
  /** Outcome in a word or two, e.g. "berjalan dengan baik", "direvisi". */
  hasil: text,
  catatan: text.nullable().default(null),
});
export type Review = z.infer<typeof Review>;

export const LifeCycleSchema = z
  .strictObject({
    status: z.enum(SOP_STATUS_IDS),
    /** Slug of the SOP that took its place; for `diganti`, and for `dicabut` where there is one. */
    digantiOleh: slug.nullable().default(null),
    /** For `diganti`: the first day on which the other SOP holds. */
    digantiSejak: date.nullable().default(null),
    /** For `dicabut`: since when, by which decree, and why. */
    pencabutan: z
      .strictObject({ sejak: date, dasar: text.nullable(), alasan: text })
      .nullable()
      .default(null),
    /** Oldest first; the last one is the current one (sop.md), the others lie in versi-<n>.md. */
    versi: z.array(VersionEntry).min(1),
    pemantauan: z.array(Review).default([]),
    evaluasi: z.array(Review).default([]),
  })
  .superRefine((life, context) => {
    const issue = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    life.versi.forEach((entry, at) => {
      if (entry.versi !== at + 1)
        issue(["versi", at, "versi"], `versi harus urut; tulis ${at + 1}`);
      const before = life.versi[at - 1];
      if (before && startOf(entry) <= startOf(before)) {
        issue(["versi", at, "diterbitkan"], "versi ini harus mulai sesudah versi sebelumnya");
      }
    });
    if ((life.status === "dicabut") !== (life.pencabutan !== null)) {
      issue(["pencabutan"], "pencabutan diisi bila dan hanya bila status dicabut");
    }
    if (life.status === "diganti" && life.digantiOleh === null) {
      issue(["digantiOleh"], "tulis SOP penggantinya");
    }
    if ((life.status === "diganti") !== (life.digantiSejak !== null)) {
      issue(["digantiSejak"], "digantiSejak diisi bila dan hanya bila status diganti");
    }
    if (life.digantiOleh !== null && life.status !== "diganti" && life.status !== "dicabut") {
      issue(["digantiOleh"], "tulis null; SOP ini tidak diganti");
    }
  });

export type LifeCycle = z.infer<typeof LifeCycleSchema>;

/** The first day a version counts, local date. */
export function startOf(entry: Pick<VersionEntry, "berlakuSejak" | "diterbitkan">): string {
  return entry.berlakuSejak ?? entry.diterbitkan;
}

/**
 * The version in force on a local date: the last one that had begun. Null before the first one, in a
 * draft, and from the day of a withdrawal or replacement on.
 */
export function versionOn(life: LifeCycle, day: string): VersionEntry | null {
  if (life.status === "draf") return null;
  const ended = endedOn(life);
  if (ended !== null && day >= ended) return null;
  return life.versi.findLast((entry) => startOf(entry) <= day) ?? null;
}

/** The first day on which the SOP no longer holds, withdrawn or replaced; null while it does. */
export function endedOn(life: LifeCycle): string | null {
  return life.pencabutan?.sejak ?? life.digantiSejak;
}

/** The first day a version no longer counts; null where nothing has ended it. */
export function endOf(life: LifeCycle, versi: number): string | null {
  const next = life.versi.find((entry) => entry.versi === versi + 1);
  return next ? startOf(next) : endedOn(life);
}

/** The newest day on which something of the SOP changed: a version, a review, its end. */
export function lastChange(life: LifeCycle): string {
  const days = [
    ...life.versi.map(({ diterbitkan }) => diterbitkan),
    ...[...life.pemantauan, ...life.evaluasi].map(({ tanggal }) => tanggal),
    endedOn(life) ?? "",
  ];
  // A life has at least one version.
  return days.sort().at(-1) ?? "";
}

export interface ReviewDue {
  readonly kind: "pemantauan" | "evaluasi";
  /** Local date by which it is to be held. */
  readonly due: string;
  /** The day counted from: the last one held, or the start of the current version. */
  readonly since: string;
}

const MONTHS: Readonly<Record<ReviewDue["kind"], number>> = { pemantauan: 6, evaluasi: 12 };

/** The next monitoring and evaluation; none for an SOP that is not in force. */
export function reviewsDue(life: LifeCycle): ReviewDue[] {
  const current = life.versi.at(-1);
  if (life.status !== "berlaku" || !current) return [];
  return (["pemantauan", "evaluasi"] as const).map((kind) => {
    const held = life[kind].map(({ tanggal }) => tanggal);
    const since = [...held, startOf(current)].sort().at(-1) ?? startOf(current);
    return { kind, since, due: addMonths(since, MONTHS[kind]) };
  });
}

/** Same day of the month `months` later, or that month's last day. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  const kept = new Date(Date.UTC(year, month - 1 + months, Math.min(date, last.getUTCDate())));
  return kept.toISOString().slice(0, 10);
}
