/**
 * Which backups of one target may go. Pure: what stands beside a backup (is its stream there, is the
 * kept copy of its restore there) was looked up before.
 *
 * Grandfather, father, son: of each day, week, month and year the newest backup is kept, for so many
 * periods as the operator's rule says. Periods without a backup do not count, so a long silence
 * costs nothing. What cannot be used counts for nothing either: it neither goes nor makes another go.
 */
import { ZONES } from "#domain/calendar/local-time.ts";
import type { RetentionConfig } from "../config/care.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** A safety backup is the way back from a restore: somebody may notice late that it was the wrong one. */
export const SAFETY_DAYS = 30;
/** A clock that is further off than this cannot say what is old. */
export const SKEW_MAX_MS = 48 * HOUR_MS;

export type Zone = keyof typeof ZONES;

export interface RetentionRule extends RetentionConfig {
  readonly zona: Zone;
}

/** A backup whose manifest verified, as the rule sees it. */
export interface Candidate {
  readonly id: string;
  readonly finishedAt: string;
  readonly purpose: "backup" | "safety";
  /** Data in a repository of the engine's own tool, which alone may remove them. */
  readonly isExternal: boolean;
  /** Its stream is in the store, was not found damaged, and was not stored long after it says. */
  readonly isUsable: boolean;
  /** Of a safety backup: the former data that its restore has kept at the target. */
  readonly keptCopy: "there" | "gone" | "unknown";
}

export const STAYS = [
  "newest",
  "young",
  "last",
  "daily",
  "weekly",
  "monthly",
  "yearly",
  "kept_copy",
  "kept_copy_unknown",
  "external",
  "unusable",
] as const;
export type Stays = (typeof STAYS)[number];

export interface Verdict {
  readonly id: string;
  /** Why it stays; where there is no reason it goes. */
  readonly stays: readonly Stays[];
}

export function judge(
  backups: readonly Candidate[],
  rule: RetentionRule,
  now: Date,
): readonly Verdict[] {
  const newestFirst = backups.toSorted(
    (one, other) =>
      Date.parse(other.finishedAt) - Date.parse(one.finishedAt) || (one.id < other.id ? -1 : 1),
  );
  const usable = newestFirst.filter((backup) => backup.isUsable);
  const routine = usable.filter((backup) => backup.purpose === "backup");
  const reasons = new Map<string, Stays[]>(newestFirst.map(({ id }) => [id, []]));
  const keep = (id: string, why: Stays): void => void reasons.get(id)?.push(why);

  if (usable[0]) keep(usable[0].id, "newest");
  for (const { id } of routine.slice(0, rule.terakhir)) keep(id, "last");
  for (const [why, count, periodOf] of periodsOf(rule)) {
    const seen = new Set<string>();
    for (const { id, finishedAt } of routine) {
      const period = periodOf(localDay(finishedAt, rule.zona));
      if (seen.has(period) || seen.size === count) continue;
      seen.add(period);
      keep(id, why);
    }
  }
  for (const backup of newestFirst) {
    const ageMs = now.getTime() - Date.parse(backup.finishedAt);
    const isSafety = backup.purpose === "safety";
    const daysMin = isSafety ? Math.max(SAFETY_DAYS, rule.minimalHari) : rule.minimalHari;
    // One of the future is young as well.
    if (ageMs < daysMin * DAY_MS) keep(backup.id, "young");
    if (isSafety && backup.keptCopy === "there") keep(backup.id, "kept_copy");
    if (isSafety && backup.keptCopy === "unknown") keep(backup.id, "kept_copy_unknown");
    if (backup.isExternal) keep(backup.id, "external");
    if (!backup.isUsable) keep(backup.id, "unusable");
  }
  return newestFirst.map(({ id }) => ({ id, stays: reasons.get(id) ?? [] }));
}

/** Ids of the backups that no reason keeps. */
export function toRemove(
  backups: readonly Candidate[],
  rule: RetentionRule,
  now: Date,
): readonly string[] {
  return judge(backups, rule, now)
    .filter(({ stays }) => stays.length === 0)
    .map(({ id }) => id);
}

/**
 * Whether this clock may say what is old: it must agree with the portal's, or, where the portal
 * cannot be asked, with the newest backup there is. A backup of the future is a doubt in any case.
 */
export function clockIsDoubtful(now: Date, newest: string | null, portal: Date | null): boolean {
  const aheadMs = newest === null ? 0 : Date.parse(newest) - now.getTime();
  if (aheadMs > SKEW_MAX_MS) return true;
  if (portal !== null) return Math.abs(portal.getTime() - now.getTime()) > SKEW_MAX_MS;
  return aheadMs < -SKEW_MAX_MS;
}

type PeriodOf = (day: Date) => string;

function periodsOf(rule: RetentionRule): readonly (readonly [Stays, number, PeriodOf])[] {
  return [
    ["daily", rule.harian, (day) => day.toISOString().slice(0, 10)],
    ["weekly", rule.mingguan, (day) => mondayOf(day).toISOString().slice(0, 10)],
    ["monthly", rule.bulanan, (day) => day.toISOString().slice(0, 7)],
    ["yearly", rule.tahunan, (day) => day.toISOString().slice(0, 4)],
  ];
}

/** The local date of an instant, as the UTC fields of a date. */
function localDay(instant: string, zone: Zone): Date {
  return new Date(Date.parse(instant) + ZONES[zone].offsetMinutes * 60_000);
}

function mondayOf(day: Date): Date {
  return new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * DAY_MS);
}
