import { type Calendar, type Slots, slotsOf } from "./calendar.ts";
import type { CareState, RunState } from "./state.ts";

export type CareKind = "backup" | "drill";
/** Backups go first: a drill of yesterday's backup can wait for today's. */
export const CARE_KINDS = ["backup", "drill"] as const satisfies readonly CareKind[];

/** What of the config the calendar needs. */
export interface CaredTarget {
  readonly alias: string;
  readonly jadwal: Calendar | null;
  readonly ujiPulih: Calendar | null;
}

export interface DueRun {
  readonly alias: string;
  readonly kind: CareKind;
  readonly slot: Date;
}

const HOUR_MS = 3_600_000;
/** A clock that is set right by less than this repeats nothing. */
const CLOCK_SLACK_MS = HOUR_MS;
/** No back-off is longer; what lies further ahead was written under another clock. */
const WAIT_MS_MAX = 24 * HOUR_MS;

/**
 * What is to be done now, in this order, one after the other. However long the agent was down or the
 * clock jumped, a target has at most one run of a kind: the newest slot stands for all missed ones.
 * Asking twice gives the same answer until the run is told to have begun or ended.
 */
export function dueRuns(
  targets: readonly CaredTarget[],
  states: ReadonlyMap<string, CareState>,
  now: Date,
): DueRun[] {
  const due: DueRun[] = [];
  for (const kind of CARE_KINDS) {
    const ofKind: DueRun[] = [];
    for (const target of targets) {
      const calendar = calendarOf(target, kind);
      const state = states.get(target.alias)?.[kind];
      if (!calendar || !state) continue;
      const slot = dueSlot(slotsFor(target.alias, kind, calendar), state, now);
      if (slot) ofKind.push({ alias: target.alias, kind, slot });
    }
    due.push(...ofKind.sort((one, other) => one.slot.getTime() - other.slot.getTime()));
  }
  return due;
}

/** When the next run of a kind will begin; now where it is due; null without a calendar. */
export function nextRunAt(
  target: CaredTarget,
  kind: CareKind,
  state: CareState,
  now: Date,
): Date | null {
  const calendar = calendarOf(target, kind);
  if (!calendar) return null;
  const slots = slotsFor(target.alias, kind, calendar);
  const run = state[kind];
  const pending = slots.newestStarted(new Date(run.settledTo), now);
  if (!pending) return slots.nextStart(new Date(run.settledTo), now);
  return slots.opening(new Date(Math.max(now.getTime(), waitUntil(run, pending))));
}

/** The state as it is to be believed now: what a clock that ran ahead wrote must not stop the calendar. */
export function withClock(state: CareState, now: Date): CareState {
  const backup = runWithClock(state.backup, now);
  const drill = runWithClock(state.drill, now);
  return backup === state.backup && drill === state.drill ? state : { ...state, backup, drill };
}

function calendarOf(target: CaredTarget, kind: CareKind): Calendar | null {
  return kind === "backup" ? target.jadwal : target.ujiPulih;
}

function slotsFor(alias: string, kind: CareKind, calendar: Calendar): Slots {
  return slotsOf(calendar, `${alias}\n${kind}`);
}

function dueSlot(slots: Slots, run: RunState, now: Date): Date | null {
  if (!slots.isOpen(now)) return null;
  const slot = slots.newestStarted(new Date(run.settledTo), now);
  return slot && waitUntil(run, slot) <= now.getTime() ? slot : null;
}

/** What was put off belongs to its slot; a newer slot does not wait for it. */
function waitUntil(run: RunState, slot: Date): number {
  const isSame = run.slot === slot.toISOString();
  return isSame && run.notBefore !== null ? Date.parse(run.notBefore) : 0;
}

function runWithClock(run: RunState, now: Date): RunState {
  const instant = now.getTime();
  const isAhead = (text: string | null, slackMs: number): boolean =>
    text !== null && Date.parse(text) > instant + slackMs;
  if (isAhead(run.settledTo, CLOCK_SLACK_MS) || isAhead(run.slot, CLOCK_SLACK_MS)) {
    const settledTo = isAhead(run.settledTo, CLOCK_SLACK_MS) ? now.toISOString() : run.settledTo;
    return { ...run, settledTo, slot: null, tries: 0, notBefore: null };
  }
  return isAhead(run.notBefore, WAIT_MS_MAX) ? { ...run, notBefore: null } : run;
}
