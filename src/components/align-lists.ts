import { diffArrays, diffWords } from "diff";

/** What became of one entry between two lists. */
export interface Aligned<T> {
  readonly kind: "same" | "changed" | "added" | "removed" | "moved";
  readonly before: T | null;
  readonly after: T | null;
}

/** Share of words in common from which two entries count as one that was reworded. */
const ALIKE = 0.5;

/**
 * Two lists side by side, in the order of the new one; what was removed stands where it was. Equal
 * texts are found first, then between them entries that share most of their words.
 */
export function alignLists<T>(
  before: readonly T[],
  after: readonly T[],
  textOf: (entry: T) => string,
): Aligned<T>[] {
  const rows: Aligned<T>[] = [];
  let removed: T[] = [];
  let added: T[] = [];
  const close = () => {
    rows.push(...pairUp(removed, added, textOf));
    [removed, added] = [[], []];
  };
  let [at, to] = [0, 0];
  for (const { count, added: isNew, removed: isOld } of diffArrays(
    before.map(textOf),
    after.map(textOf),
  )) {
    if (isOld) removed.push(...before.slice(at, at + count));
    if (isNew) added.push(...after.slice(to, to + count));
    if (!isOld && !isNew) {
      close();
      for (let one = 0; one < count; one += 1) {
        rows.push({
          kind: "same",
          before: before[at + one] ?? null,
          after: after[to + one] ?? null,
        });
      }
    }
    if (!isNew) at += count;
    if (!isOld) to += count;
  }
  close();
  return joinMoved(rows, textOf);
}

/** Within one gap each new entry takes the first old one that is alike; order is kept. */
function pairUp<T>(removed: readonly T[], added: readonly T[], textOf: (entry: T) => string) {
  const rows: Aligned<T>[] = [];
  let next = 0;
  for (const after of added) {
    const found = removed.findIndex(
      (one, at) => at >= next && likeness(textOf(one), textOf(after)) >= ALIKE,
    );
    if (found < 0) {
      rows.push({ kind: "added", before: null, after });
      continue;
    }
    rows.push(...gone(removed.slice(next, found)));
    rows.push({ kind: "changed", before: removed[found] ?? null, after });
    next = found + 1;
  }
  return [...rows, ...gone(removed.slice(next))];
}

function gone<T>(entries: readonly T[]): Aligned<T>[] {
  return entries.map((before) => ({ kind: "removed", before, after: null }));
}

/** An entry that went from one place and stands with the same words in another was moved. */
function joinMoved<T>(rows: readonly Aligned<T>[], textOf: (entry: T) => string): Aligned<T>[] {
  const left = rows.filter((row) => row.kind === "removed");
  const joined = rows.map((row): Aligned<T> => {
    if (row.kind !== "added" || row.after === null) return row;
    const text = textOf(row.after);
    const at = left.findIndex(({ before }) => before !== null && textOf(before) === text);
    if (at < 0) return row;
    const [old] = left.splice(at, 1);
    return { kind: "moved", before: old?.before ?? null, after: row.after };
  });
  return joined.filter((row) => row.kind !== "removed" || left.includes(row));
}

/** Letters in common, as a share of the longer text. */
export function likeness(a: string, b: string): number {
  const same = diffWords(a, b).reduce(
    (sum, { value, added, removed }) => sum + (added || removed ? 0 : value.length),
    0,
  );
  return same / Math.max(a.length, b.length, 1);
}
