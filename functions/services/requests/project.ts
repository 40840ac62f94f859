/**
 * The projection of a request: a pure function of its SOP version, its events and the calendars of
 * its agency. Stored in the same batch as the events; `rebuild` makes it again from nothing.
 *
 * The clock of a step starts when the step before it closed. The submission itself closes the first
 * step; no clock ran before it, so its row has no figures. A return ends the open row as `returned`
 * and opens a row of the next round. While an official waits for the pemohon's answer the clock
 * stands: that time is in no figure but `pausedMinutes`, and the due time moves when it goes on.
 */

import type { requests, stepLog } from "#db/schema/requests.ts";
import { standardMinutes } from "#domain/calendar/due-at.ts";
import { type CalendarHistory, calendarKnownAt } from "#domain/calendar/history.ts";
import { MS_PER_MINUTE } from "#domain/calendar/local-time.ts";
import { dueWithPauses, type Pause, pausedMinutes } from "#domain/calendar/pauses.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { workingMinutes } from "#domain/calendar/working-minutes.ts";
import { invariant } from "#domain/errors.ts";
import { positionOf, standardTimeOf } from "#domain/sop/navigate.ts";
import type { Sop, SopStep } from "#domain/sop/schema.ts";
import type { SealedEvent } from "#domain/trust/event-chain.ts";
import { evolve } from "#domain/workflow/evolve.ts";
import { askedFollowUp } from "#domain/workflow/follow-up.ts";
import type { RequestState } from "#domain/workflow/types.ts";

/** An SOP version with what surrounds a run of it. */
export interface RunningSop {
  readonly sop: Sop;
  readonly digest: string;
  /** Canonical JSON whose SHA-256 is `digest`. */
  readonly bytes: string;
  readonly calendars: CalendarHistory;
  /** The newest of them. */
  readonly calendar: WorkCalendar;
}

export type RequestRow = typeof requests.$inferSelect;
export type StepRow = typeof stepLog.$inferSelect;

export interface Projection {
  readonly state: RequestState;
  readonly row: RequestRow;
  readonly steps: readonly StepRow[];
}

/** A time for which a step was open. */
export interface Stay {
  readonly step: SopStep;
  readonly round: number;
  readonly enteredAt: string;
  /** Those that are over. */
  readonly pauses: readonly Pause[];
  readonly end: SealedEvent["stored"] | null;
}

export function project(running: RunningSop, events: readonly SealedEvent[]): Projection {
  const first = events[0]?.stored;
  const last = events.at(-1);
  invariant(first?.event.type === "submitted" && last, "a stream begins with its submission");
  const { stream, event: submitted } = first;
  const { state, stays } = walk(running.sop, events);
  const { step: submittedStep } = positionOf(running.sop, submitted.act);
  const steps = stays.map((stay, index) =>
    index === 0 && stay.end === first && stay.step === submittedStep
      ? submittedRow(stream, stay)
      : rowOf(stream, index + 1, stay, running.calendars),
  );
  const open = steps.find((step) => step.outcome === "open");
  const closing = events.find(({ stored }) => CLOSING.has(stored.event.type))?.stored;
  const asked = events.findLast(({ stored }) => stored.event.type === "follow_up_asked")?.stored;
  return {
    state,
    steps,
    row: {
      id: stream,
      slug: submitted.sop.slug,
      sopDigest: submitted.sop.digest,
      agency: running.sop.instansi,
      kind: submitted.kind,
      status: state.status,
      act: state.act,
      step: open?.step ?? null,
      version: events.length,
      head: last.hash,
      submissionContent: submitted.content.id,
      submittedAt: first.at,
      closedAt: closing?.at ?? null,
      refusal: closing?.event.type === "refused" ? closing.event.reason : null,
      enteredAt: open?.enteredAt ?? null,
      dueAt: open?.dueAt ?? null,
      awaitsAnswer: state.awaitsAnswer,
      followUp: askedFollowUp(running.sop, state, asked?.at ?? ""),
    },
  };
}

/** What is decided about a kept copy comes after them and leaves the end of the request as it was. */
const CLOSING: ReadonlySet<string> = new Set(["refused", "cancelled", "completed"]);

/** The state after all events, and every stay in order. */
export function walk(
  sop: Sop,
  events: readonly SealedEvent[],
): { readonly state: RequestState; readonly stays: readonly Stay[] } {
  const stays: Stay[] = [];
  let state: RequestState | null = null;
  let round = 1;
  let pausedAt: string | null = null;
  for (const { stored } of events) {
    const { event, at } = stored;
    const before = state;
    state = evolve(sop, before, event);
    if (event.type === "returned") round += 1;
    const was = before?.act ? positionOf(sop, before.act).step : null;
    const is = state.act ? positionOf(sop, state.act).step : null;
    if (event.type === "submitted") {
      const { step } = positionOf(sop, event.act);
      if (step.no !== is?.no) stays.push({ step, round, enteredAt: at, pauses: [], end: stored });
    }
    const open = stays.at(-1);
    if (open && pausedAt !== null && !state.awaitsAnswer) {
      const pause = { from: new Date(pausedAt), to: new Date(at) };
      stays[stays.length - 1] = { ...open, pauses: [...open.pauses, pause] };
    }
    pausedAt = state.awaitsAnswer ? (pausedAt ?? at) : null;
    if (was?.no === is?.no && event.type !== "returned") continue;
    const left = stays.at(-1);
    if (was && left) stays[stays.length - 1] = { ...left, end: stored };
    if (is) stays.push({ step: is, round, enteredAt: at, pauses: [], end: null });
  }
  invariant(state, "a stream is never empty");
  return { state, stays };
}

function submittedRow(request: string, { step, enteredAt }: Stay): StepRow {
  return {
    request,
    position: 1,
    step: step.no,
    round: 1,
    outcome: "closed",
    enteredAt,
    closedAt: enteredAt,
    dueAt: null,
    standardMinutes: null,
    workingMinutes: null,
    pausedMinutes: 0,
    onTime: null,
  };
}

function rowOf(request: string, position: number, stay: Stay, calendars: CalendarHistory): StepRow {
  const { step, round, enteredAt, pauses, end } = stay;
  const calendar = calendarKnownAt(calendars, end?.at ?? null);
  const standard = standardTimeOf(step);
  const start = new Date(enteredAt);
  const dueAt = standard && dueWithPauses(calendar, start, standard, pauses).toISOString();
  const paused = pausedMinutes(calendar, pauses);
  return {
    request,
    position,
    step: step.no,
    round,
    outcome: outcomeOf(end),
    enteredAt,
    closedAt: end?.at ?? null,
    dueAt,
    standardMinutes: standard && standardMinutes(calendar, standard),
    workingMinutes: end && minutesLeft(workingMinutes(calendar, start, new Date(end.at)), paused),
    pausedMinutes: paused,
    onTime: end && outcomeOf(end) === "closed" && dueAt !== null ? end.at <= dueAt : null,
  };
}

/** To the millisecond, as both were counted. */
function minutesLeft(worked: number, paused: number): number {
  return Math.round((worked - paused) * MS_PER_MINUTE) / MS_PER_MINUTE;
}

function outcomeOf(end: Stay["end"]): StepRow["outcome"] {
  switch (end?.event.type) {
    case undefined:
      return "open";
    case "returned":
      return "returned";
    case "refused":
    case "cancelled":
      return "stopped";
    default:
      return "closed";
  }
}
