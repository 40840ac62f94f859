import { calendarKnownAt } from "#domain/calendar/history.ts";
import { dueWithPauses } from "#domain/calendar/pauses.ts";
import { standardTimeOf } from "#domain/sop/navigate.ts";
import type { SealedEvent } from "#domain/trust/event-chain.ts";
import { type RunningSop, walk } from "../requests/project.ts";

/** A due time that a new calendar moved while its step was open. */
export interface MovedDue {
  readonly at: string;
  readonly stepNo: number;
  readonly from: string;
  readonly to: string;
}

/** Follows from events and calendars alone, so it is told without an event of its own. */
export function movedByCalendar(
  { sop, calendars }: Pick<RunningSop, "sop" | "calendars">,
  events: readonly SealedEvent[],
): MovedDue[] {
  const { stays } = walk(sop, events);
  return calendars.slice(1).flatMap(({ since: at, calendar }, index): MovedDue[] => {
    const stay = stays.find(
      ({ enteredAt, end }) => enteredAt < at && (end === null || at <= end.at),
    );
    const standard = stay && standardTimeOf(stay.step);
    if (!stay || !standard) return [];
    const pauses = stay.pauses.filter(({ to }) => to.toISOString() < at);
    const due = (known: typeof calendar) =>
      dueWithPauses(known, new Date(stay.enteredAt), standard, pauses).toISOString();
    const from = due(calendars[index]?.calendar ?? calendarKnownAt(calendars, at));
    const to = due(calendar);
    return from === to ? [] : [{ at, stepNo: stay.step.no, from, to }];
  });
}
