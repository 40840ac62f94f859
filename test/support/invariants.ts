/**
 * What must hold after any fault, whatever it was, once the next agent has started and cleared up.
 * Tests of faults ask all of it in one call, so that none forgets a part.
 */
import { expect } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { journalledWork } from "#agent/restore/restore-journal.ts";
import { eventually } from "./eventually.ts";
import { descendantsOf } from "./proc.ts";
import type { WorkContext } from "./work-context.ts";

export interface Aftermath {
  /** The agent after its restart. */
  readonly agent: WorkContext;
  /** What users read now; and what they may read: all of it old or all of it new. */
  readonly live: { readonly now: unknown; readonly allowed: readonly unknown[] };
  /** Ids of the backups that there were before. */
  readonly backups: readonly string[];
  /** Side copies, locks and temporary files beside the live data that are there now. */
  readonly remains: readonly string[];
  /** Programs that this process had started before, as `descendantsOf(process.pid)` told. */
  readonly programs: readonly number[];
  /** Passwords and marked rows, which nobody may ever be told. */
  readonly secrets?: readonly string[];
}

/** Throws at the first of the seven that does not hold. */
export async function assertInvariants(after: Aftermath): Promise<void> {
  const { ctx, told, logged } = after.agent;

  // 1. Live data are what they were unless a swap was committed, and never a mixture.
  expect(after.live.allowed).toContainEqual(after.live.now);

  // 2. Nothing is offered as a backup but what a signed manifest names and what reads back.
  const listed = await listBackups(ctx, null);
  for (const { manifest } of listed) {
    const { bytes } = await ctx.vault(manifest.receipt.vault).verify(manifest.receipt);
    expect(bytes).toBe(manifest.receipt.bytes);
  }

  // 3. Whatever was begun has ended, one way. 7. No job was begun twice.
  const { works } = await journalledWork(ctx.config.data);
  expect(works.filter(({ end }) => end === null)).toEqual([]);
  const jobs = works.map(({ job }) => job);
  expect(jobs).toEqual([...new Set(jobs)]);

  // 4. Nobody was told a secret or a row.
  const said = JSON.stringify({ told, logged }, (_key, value) =>
    value instanceof Error ? { said: [value.name, value.message, value.cause], ...value } : value,
  );
  for (const secret of after.secrets ?? []) expect(said.includes(secret)).toBe(false);

  // 5. Every backup that there was is still there.
  expect(listed.map(({ manifest }) => manifest.id)).toEqual(
    expect.arrayContaining([...after.backups]),
  );

  // 6. No copy, lock, file or program is left.
  expect(after.remains).toEqual([]);
  await eventually("no program is left", () =>
    descendantsOf(process.pid).every((pid) => after.programs.includes(pid)),
  );
}
