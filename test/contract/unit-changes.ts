/** What a comparison is expected to tell. */
import type { UnitChange } from "#agent/engines/engine.ts";

/** Objects that hold no rows, by kind and name. */
export function definitions(
  change: "added" | "changed" | "lost",
  named: readonly (readonly [kind: string, name: string])[],
): UnitChange[] {
  return named.map(([kind, name]) => ({
    ...{ kind, name, added: 0, changed: 0, lost: 0 },
    [change]: 1,
  }));
}

/** By name and kind, for a comparison tells in no order. */
export function inOrder(changes: readonly UnitChange[]): UnitChange[] {
  const place = ({ name, kind = "" }: UnitChange) => `${name} ${kind}`;
  return changes.toSorted((one, other) => (place(one) < place(other) ? -1 : 1));
}
