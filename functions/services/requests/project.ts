/**
 * The projection of a request: a pure function of its SOP version, its events and the agency's
 * calendar. Stored in the same batch as the events; `rebuild` makes it again from nothing.
 *
 * The clock of a step starts when the step before it closed. The submission itself closes the first
 * step; no clock ran before it, so its row has no figures. A return ends the open row as `returned`
 * and opens a row of the next round.
 */

import type { requests, stepLog } from "#db/schema/requests.ts";
import { dueAt, standardMinutes } from "#domain/calendar/due-at.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { workingMinutes } from "#domain/calendar/working-minutes.ts";
import { invariant } from "#domain/errors.ts";
import { positionOf, standardTimeOf } from "#domain/sop/navigate.ts";
import type { Sop, SopStep } from "#domain/sop/schema.ts";
import type { SealedEvent } from "#domain/trust/event-chain.ts";
import { evolve } from "#domain/workflow/evolve.ts";
import type { RequestState } from "#domain/workflow/types.ts";

/** An SOP version with what surrounds a run of it. */
export interface RunningSop {
  readonly sop: Sop;
  readonly digest: string;
  /** Canonical JSON whose SHA-256 is `digest`. */
  readonly bytes: string;
  readonly calendar: WorkCalendar;
}

export type RequestRow = typeof requests.$inferSelect;
export type StepRow = typeof stepLog.$inferSelect;

export interface Projection {
  readonly state: RequestState;
  readonly row: RequestRow;
  readonly steps: readonly StepRow[];
}

export function project(running: RunningSop, events: readonly SealedEvent[]): Projection {
  const { sop, calendar } = running;
  const first = events[0]?.stored;
  const last = events.at(-1);
  invariant(first?.event.type === "submitted" && last, "a stream begins with its submission");
  const { stream, event: submitted } = first;

  const steps: StepRow[] = [];
  let state: RequestState | null = null;
  let round = 1;
  for (const { stored } of events) {
    const before = state;
    state = evolve(sop, before, stored.event);
    if (stored.event.type === "returned") round += 1;
    const was = before?.act ? positionOf(sop, before.act).step : null;
    const is = state.act ? positionOf(sop, state.act).step : null;
    if (stored.event.type === "submitted") {
      const { step } = positionOf(sop, stored.event.act);
      if (step.no !== is?.no) steps.push(submittedRow(stream, step, stored.at));
    }
    if (was?.no === is?.no && stored.event.type !== "returned") continue;
    const open = steps.at(-1);
    if (was && open) steps[steps.length - 1] = ended(open, stored, calendar);
    if (is) steps.push(opened(stream, steps.length + 1, is, round, stored.at, calendar));
  }
  invariant(state, "a stream is never empty");
  const open = steps.find((step) => step.outcome === "open");
  return {
    state,
    steps,
    row: {
      id: stream,
      slug: submitted.sop.slug,
      sopDigest: submitted.sop.digest,
      agency: sop.instansi,
      kind: submitted.kind,
      status: state.status,
      act: state.act,
      step: open?.step ?? null,
      version: events.length,
      head: last.hash,
      submissionContent: submitted.content.id,
      submittedAt: first.at,
      closedAt: state.status === "active" ? null : last.stored.at,
      refusal: last.stored.event.type === "refused" ? last.stored.event.reason : null,
      enteredAt: open?.enteredAt ?? null,
      dueAt: open?.dueAt ?? null,
      awaitsAnswer: state.awaitsAnswer,
    },
  };
}

function submittedRow(request: string, step: SopStep, at: string): StepRow {
  return {
    request,
    position: 1,
    step: step.no,
    round: 1,
    outcome: "closed",
    enteredAt: at,
    closedAt: at,
    dueAt: null,
    standardMinutes: null,
    workingMinutes: null,
    pausedMinutes: 0,
    onTime: null,
  };
}

function opened(
  request: string,
  position: number,
  step: SopStep,
  round: number,
  at: string,
  calendar: WorkCalendar,
): StepRow {
  const standard = standardTimeOf(step);
  return {
    request,
    position,
    step: step.no,
    round,
    outcome: "open",
    enteredAt: at,
    closedAt: null,
    dueAt: standard && dueAt(calendar, new Date(at), standard).toISOString(),
    standardMinutes: standard && standardMinutes(calendar, standard),
    workingMinutes: null,
    pausedMinutes: 0,
    onTime: null,
  };
}

function ended(row: StepRow, by: SealedEvent["stored"], calendar: WorkCalendar): StepRow {
  const worked = workingMinutes(calendar, new Date(row.enteredAt), new Date(by.at));
  switch (by.event.type) {
    case "returned":
      return { ...row, outcome: "returned", closedAt: by.at, workingMinutes: worked };
    case "refused":
    case "cancelled":
      return { ...row, outcome: "stopped", closedAt: by.at, workingMinutes: worked };
    default:
      return {
        ...row,
        outcome: "closed",
        closedAt: by.at,
        workingMinutes: worked,
        onTime: row.dueAt === null ? null : by.at <= row.dueAt,
      };
  }
}
