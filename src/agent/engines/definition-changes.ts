import { createHash } from "node:crypto";
import { z } from "zod";
import type { UnitChange } from "./engine.ts";

/** A view, a column, an index, a right: what holds no rows, known by kind and name. */
export const Definition = z.object({
  kind: z.string(),
  name: z.string(),
  /** Of how it is defined, so that it can be told as changed without being told. */
  hash: z.string(),
  /** What it is a part of: where only one side has that, its parts are not told one by one. */
  of: z.string().nullish(),
});
export type Definition = z.infer<typeof Definition>;

/** With what two copies are brought into one order: a digest of kind and name. */
export type Sorted = Definition & { readonly place: string };

/**
 * What putting the side copy in the place of the live one does to what holds no rows. Both come
 * sorted by their place; holds one of each, and what differs.
 */
export async function definitionChanges(
  live: AsyncIterable<Sorted> | Iterable<Sorted>,
  side: AsyncIterable<Sorted> | Iterable<Sorted>,
): Promise<UnitChange[]> {
  const [here, there] = [inTurn(live), inTurn(side)];
  const differing: { readonly of: string | null; readonly change: UnitChange }[] = [];
  const differs = ({ kind, name, of = null }: Sorted, how: "added" | "changed" | "lost") =>
    differing.push({ of, change: { kind, name, added: 0, changed: 0, lost: 0, [how]: 1 } });
  let [mine, theirs] = await Promise.all([here.next(), there.next()]);
  while (!mine.done || !theirs.done) {
    if (theirs.done || (!mine.done && mine.value.place < theirs.value.place)) {
      differs(mine.value, "lost");
      mine = await here.next();
    } else if (mine.done || theirs.value.place < mine.value.place) {
      differs(theirs.value, "added");
      theirs = await there.next();
    } else {
      if (mine.value.hash !== theirs.value.hash) differs(mine.value, "changed");
      [mine, theirs] = await Promise.all([here.next(), there.next()]);
    }
  }
  const whole = new Set(
    differing.flatMap(({ of, change }) =>
      of === null && change.changed === 0 ? [change.name] : [],
    ),
  );
  return differing.flatMap(({ of, change }) => (of !== null && whole.has(of) ? [] : [change]));
}

/** For those that no server sorts. */
export function sorted(definitions: readonly Definition[]): Sorted[] {
  return definitions
    .map((one) => ({
      ...one,
      place: createHash("md5").update(`${one.kind}|${one.name}`).digest("hex"),
    }))
    .sort((one, other) => (one.place < other.place ? -1 : 1));
}

async function* inTurn(list: AsyncIterable<Sorted> | Iterable<Sorted>): AsyncGenerator<Sorted> {
  yield* list;
}
