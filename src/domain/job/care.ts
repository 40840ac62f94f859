/** What an agent's own care of its targets tells people: proofs, what comes next, what to look at. */
import { z } from "zod";

/** How far a restored copy was proved (L0 is the stored stream's own integrity). */
export const PROOF_LEVELS = ["L3", "L4", "L5"] as const;
export const ProofLevel = z.enum(PROOF_LEVELS);
export type ProofLevel = z.infer<typeof ProofLevel>;

export const ALERTS = [
  "backup_failed",
  "rpo_missed",
  "drill_failed",
  "proof_overdue",
  "vault_damaged",
  "vault_full_soon",
  "backups_lost",
] as const;
export const Alert = z.enum(ALERTS);
export type Alert = z.infer<typeof Alert>;

/** What the operator's schedule does for a target, and what came of it. */
export const TargetCare = z.strictObject({
  rpoHours: z.int().positive().nullable(),
  nextBackupAt: z.iso.datetime().nullable(),
  nextDrillAt: z.iso.datetime().nullable(),
  /** Newest restore or drill whose content was equal to its backup. */
  lastProofAt: z.iso.datetime().nullable(),
  alerts: z.array(Alert),
});
export type TargetCare = z.infer<typeof TargetCare>;
