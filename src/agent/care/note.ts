import type { DrillRecord } from "#protocol/manifest.ts";
import type { BackupSummary, TargetResult } from "#protocol/v1.ts";
import type { CareState } from "./state.ts";

/** A verified backup, whoever asked for it, mends a failed one. */
export function noteBackup(
  state: CareState,
  { id, finishedAt }: Pick<BackupSummary, "id" | "finishedAt">,
): CareState {
  const backup = { ...state.backup, failure: null };
  return { ...state, backup, lastBackup: { backup: id, at: finishedAt } };
}

/** A drill that did not succeed leaves the last proof as it was. */
export function noteProof(
  state: CareState,
  { ok, backup, level, finishedAt }: Pick<DrillRecord, "ok" | "backup" | "level" | "finishedAt">,
): CareState {
  if (!ok) return state;
  const drill = { ...state.drill, failure: null };
  return { ...state, drill, lastProof: { backup, at: finishedAt, level } };
}

/** A restore of a job is a proof as well: what is live was found equal to the backup. */
export function noteRestore(state: CareState, result: TargetResult, at: string): CareState {
  const { restore, backup } = result;
  if (!restore?.digestsEqual || !backup) return state;
  const { level } = restore;
  return noteProof(state, { ok: true, backup: backup.id, level, finishedAt: at });
}
