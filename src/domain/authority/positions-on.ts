/**
 * Who may act for which position on a day: the one rule behind inbox, decisions and letters.
 *
 * - holding: a person holds a position by a decree, from a day to a day
 * - mandate: a holder lends a position for some days ("a.n."). It holds only while its giver holds
 *   the position and its receiver is an official of the same agency, so it can never go onward
 *
 * Dates are local dates of the agency, both ends inclusive.
 */
import { dateOfDay, dayOfDate } from "../calendar/local-time.ts";

export const HELD_CAPACITIES = ["definitif", "plt", "plh"] as const;
export type HeldCapacity = (typeof HELD_CAPACITIES)[number];
export type Capacity = HeldCapacity | "mandat";

export interface Holding {
  readonly person: string;
  readonly agency: string;
  readonly jabatan: string;
  readonly capacity: HeldCapacity;
  readonly since: string;
  /** Null = open. A day before `since` = ended before it began. */
  readonly until: string | null;
}

export interface Mandate {
  readonly giver: string;
  readonly receiver: string;
  readonly agency: string;
  readonly jabatan: string;
  readonly since: string;
  readonly until: string;
  /** Before its end, by the giver or the admin. */
  readonly takenBack: boolean;
}

/** All holdings and mandates that may bear on a question; those of others do no harm. */
export interface Authority {
  readonly holdings: readonly Holding[];
  readonly mandates: readonly Mandate[];
}

export interface PositionOnDay {
  readonly agency: string;
  readonly jabatan: string;
  readonly capacity: Capacity;
  /** Who lent it; null where it is held. */
  readonly giver: string | null;
}

const ORDER: readonly Capacity[] = [...HELD_CAPACITIES, "mandat"];

/** The positions of a person on a day, strongest capacity first, each position once. */
export function positionsOn(
  date: string,
  person: string,
  { holdings, mandates }: Authority,
): PositionOnDay[] {
  const held = holdings
    .filter((one) => one.person === person && holdsOn(date, one))
    .map(({ agency, jabatan, capacity }) => ({ agency, jabatan, capacity, giver: null }));
  const lent = mandates
    .filter((one) => one.receiver === person && mandateHoldsOn(date, one, holdings))
    .map(({ agency, jabatan, giver }) => ({ agency, jabatan, capacity: "mandat" as const, giver }));
  const sorted = [...held, ...lent].sort(
    (a, b) => ORDER.indexOf(a.capacity) - ORDER.indexOf(b.capacity),
  );
  return sorted.filter(
    (one, index) => sorted.findIndex((other) => isSamePost(one, other)) === index,
  );
}

export function holdsOn(date: string, { since, until }: Pick<Holding, "since" | "until">): boolean {
  return since <= date && (until === null || date <= until);
}

export function mandateHoldsOn(
  date: string,
  mandate: Mandate,
  holdings: readonly Holding[],
): boolean {
  if (mandate.takenBack || !holdsOn(date, mandate)) return false;
  const holding = (person: string, jabatan: string | null) =>
    holdings.some(
      (one) =>
        one.person === person &&
        one.agency === mandate.agency &&
        (jabatan === null || one.jabatan === jabatan) &&
        holdsOn(date, one),
    );
  return (
    mandate.giver !== mandate.receiver &&
    holding(mandate.giver, mandate.jabatan) &&
    holding(mandate.receiver, null)
  );
}

/** Whether two spans share a day; an ended-before-it-began span shares none. */
export function overlaps(
  one: Pick<Holding, "since" | "until">,
  other: Pick<Holding, "since" | "until">,
): boolean {
  const both = (date: string) => holdsOn(date, one) && holdsOn(date, other);
  return both(one.since) || both(other.since);
}

/** The date that many days later; negative for earlier. */
export function daysAfter(date: string, days: number): string {
  return dateOfDay(dayOfDate(date) + days);
}

function isSamePost(
  one: Pick<Holding, "agency" | "jabatan">,
  other: Pick<Holding, "agency" | "jabatan">,
): boolean {
  return one.agency === other.agency && one.jabatan === other.jabatan;
}
