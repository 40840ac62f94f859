import { z } from "zod";
import type { UnitChange } from "./engine.ts";

/** A view, a routine, a trigger: what holds no rows, known by kind and name. */
export const Definition = z.object({
  kind: z.string(),
  name: z.string(),
  /** Of how it is defined, so that it can be told as changed without being told. */
  hash: z.string(),
});
export type Definition = z.infer<typeof Definition>;

/** What putting the side copy in the place of the live one does to what holds no rows. */
export function definitionChanges(
  live: readonly Definition[],
  side: readonly Definition[],
): UnitChange[] {
  const [here, there] = [byKindAndName(live), byKindAndName(side)];
  const changes: UnitChange[] = [];
  for (const [key, { kind, name }] of new Map([...here, ...there])) {
    const [mine, theirs] = [here.get(key), there.get(key)];
    if (mine?.hash === theirs?.hash) continue;
    changes.push({
      ...{ kind, name },
      added: mine ? 0 : 1,
      changed: mine && theirs ? 1 : 0,
      lost: theirs ? 0 : 1,
    });
  }
  return changes;
}

function byKindAndName(definitions: readonly Definition[]): Map<string, Definition> {
  return new Map(definitions.map((one) => [JSON.stringify([one.kind, one.name]), one]));
}
