/**
 * Figures of the yearly report on information service (UU 14/2008 Pasal 12: requests received, time
 * taken, granted and refused, reasons for refusal) from the states of one year's requests.
 */
import type { WorkCalendar } from "../calendar/types.ts";
import { workingMinutes } from "../calendar/working-minutes.ts";
import { limitsOf } from "./limits.ts";
import type { DenialReason, Ground, Outcome, PpidState } from "./types.ts";

export interface PpidFigures {
  readonly received: number;
  readonly withdrawn: number;
  /** Not answered at the end, split by whether the limit has passed. */
  readonly open: number;
  readonly overdue: number;
  readonly answered: Readonly<Record<Outcome, number>>;
  readonly onTime: number;
  readonly extended: number;
  readonly reasons: Readonly<Partial<Record<DenialReason, number>>>;
  /** Working days from request to answer; null where nothing was answered. */
  readonly days: { readonly median: number; readonly longest: number } | null;
  readonly objections: {
    readonly received: number;
    readonly grounds: Readonly<Partial<Record<Ground, number>>>;
    readonly answered: Readonly<Record<Outcome, number>>;
    readonly open: number;
  };
}

/** `states` are of requests received in the year; `now` is the moment the report is made. */
export function figuresOf(
  calendar: WorkCalendar,
  states: readonly PpidState[],
  now: Date,
): PpidFigures {
  const answered = states.flatMap((state) =>
    state.answer ? [{ state, answer: state.answer }] : [],
  );
  const objected = states.flatMap((state) => (state.objection ? [state.objection] : []));
  const waiting = states.filter(({ status, answer }) => answer === null && status !== "withdrawn");
  const days = answered
    .map(({ state, answer }) => daysBetween(calendar, state.requestedAt, answer.at))
    .sort((a, b) => a - b);
  return {
    received: states.length,
    withdrawn: states.filter(({ status }) => status === "withdrawn").length,
    open: waiting.length,
    overdue: waiting.filter((state) => now > limitsOf(calendar, state, now).answer).length,
    answered: outcomes(answered.map(({ answer }) => answer.outcome)),
    onTime: answered.filter(
      ({ state, answer }) => new Date(answer.at) <= limitsOf(calendar, state, now).answer,
    ).length,
    extended: states.filter(({ extended }) => extended).length,
    reasons: tally(answered.flatMap(({ answer }) => answer.reason ?? [])),
    days: days.length === 0 ? null : { median: median(days), longest: days.at(-1) ?? 0 },
    objections: {
      received: objected.length,
      grounds: tally(objected.map(({ ground }) => ground)),
      answered: outcomes(objected.flatMap(({ answer }) => answer?.outcome ?? [])),
      open: objected.filter(({ answer }) => answer === null).length,
    },
  };
}

/** Working time told in days, to one decimal. */
function daysBetween(calendar: WorkCalendar, from: string, to: string): number {
  const minutes = workingMinutes(calendar, new Date(from), new Date(to));
  return Math.round((minutes / calendar.minutesPerDay) * 10) / 10;
}

function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  const pair = (sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0);
  return Math.round((pair / 2) * 10) / 10;
}

function outcomes(list: readonly Outcome[]): Record<Outcome, number> {
  return { dikabulkan: 0, "dikabulkan-sebagian": 0, ditolak: 0, ...tally(list) };
}

function tally<Key extends string>(list: readonly Key[]): Partial<Record<Key, number>> {
  const counts: Partial<Record<Key, number>> = {};
  for (const key of list) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
