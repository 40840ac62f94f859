import type { Alert, TargetCare } from "#domain/job/care.ts";
import { type CaredTarget, nextRunAt } from "./due-runs.ts";
import type { CareState } from "./state.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What of the config the promises need. */
export interface PromisedTarget extends CaredTarget {
  readonly jadwal: (CaredTarget["jadwal"] & { readonly rpoJam: number | null }) | null;
  readonly ujiPulih: (CaredTarget["ujiPulih"] & { readonly batasHari: number }) | null;
}

/**
 * What people are told of a target's care; null where the operator has set none and nothing is wrong.
 * `newestBackupAt` is of the verified backups the vault lists, or the last one known where it cannot
 * be asked. A promise counts from the day the agent first saw the target.
 */
export function careOf(
  target: PromisedTarget,
  state: CareState,
  newestBackupAt: string | null,
  ofVault: readonly Alert[],
  now: Date,
): TargetCare | null {
  const { jadwal, ujiPulih } = target;
  const alerts = [...alertsOf(target, state, newestBackupAt, now), ...ofVault];
  if (!jadwal && !ujiPulih && alerts.length === 0) return null;
  return {
    rpoHours: jadwal?.rpoJam ?? null,
    nextBackupAt: nextRunAt(target, "backup", state, now)?.toISOString() ?? null,
    nextDrillAt: nextRunAt(target, "drill", state, now)?.toISOString() ?? null,
    lastProofAt: state.lastProof?.at ?? null,
    alerts: [...new Set(alerts)],
  };
}

function alertsOf(
  { jadwal, ujiPulih }: PromisedTarget,
  state: CareState,
  newestBackupAt: string | null,
  now: Date,
): Alert[] {
  const ageMs = (at: string): number => now.getTime() - Date.parse(at);
  const alerts: Alert[] = [];
  if (jadwal && state.backup.failure) alerts.push("backup_failed");
  if (
    jadwal &&
    jadwal.rpoJam !== null &&
    ageMs(newestBackupAt ?? state.since) > jadwal.rpoJam * HOUR_MS
  ) {
    alerts.push("rpo_missed");
  }
  if (state.drill.failure) alerts.push("drill_failed");
  if (ujiPulih && ageMs(state.lastProof?.at ?? state.since) > ujiPulih.batasHari * DAY_MS) {
    alerts.push("proof_overdue");
  }
  return alerts;
}
