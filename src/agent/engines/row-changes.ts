import { setImmediate as breathe } from "node:timers/promises";

/** Rows between two pauses, in which everything else of the agent gets its turn. */
const ROWS_AT_ONCE = 50_000;

export interface RowChanges {
  readonly added: number;
  readonly changed: number;
  readonly lost: number;
}

/**
 * What putting one copy of a table in the place of another does to its rows. Both come sorted by
 * their first word, which stands for a row's key and is a digest of it; what follows stands for the
 * whole row. Of a table without a key the word is of the whole row: equal ones pair off one by one.
 * Holds one row of each.
 */
export async function countChanges(
  live: AsyncIterable<string>,
  side: AsyncIterable<string>,
): Promise<RowChanges> {
  const [here, there] = [live[Symbol.asyncIterator](), side[Symbol.asyncIterator]()];
  const counts = { added: 0, changed: 0, lost: 0 };
  let [mine, theirs] = await Promise.all([here.next(), there.next()]);
  for (let row = 1; !mine.done || !theirs.done; row += 1) {
    const [key, otherKey] = [keyOf(mine), keyOf(theirs)];
    if (otherKey === null || (key !== null && key < otherKey)) {
      counts.lost += 1;
      mine = await here.next();
    } else if (key === null || otherKey < key) {
      counts.added += 1;
      theirs = await there.next();
    } else {
      if (mine.value !== theirs.value) counts.changed += 1;
      [mine, theirs] = await Promise.all([here.next(), there.next()]);
    }
    if (row % ROWS_AT_ONCE === 0) await breathe();
  }
  return counts;
}

function keyOf(row: IteratorResult<string>): string | null {
  return row.done ? null : (row.value.split(" ", 1)[0] ?? "");
}
