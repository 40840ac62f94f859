import type { TargetResult } from "#protocol/v1.ts";
import { type BackupCheck, checkBackup } from "../backup/check-backup.ts";
import { listBackups } from "../backup/list-backups.ts";
import type { VerifiedBackup } from "../backup/open-manifest.ts";
import { runBackup } from "../backup/run-backup.ts";
import type { AgentContext, Work } from "../context.ts";
import type { FollowUpRequest } from "../restore/find-restored.ts";
import type { RestoreRequest } from "../restore/plan-restore.ts";
import { type ResumedRestore, resumeRestores } from "../restore/resume-restores.ts";
import { runDrop } from "../restore/run-drop.ts";
import { runPreview } from "../restore/run-preview.ts";
import { runRestore } from "../restore/run-restore.ts";
import { runRollback } from "../restore/run-rollback.ts";

type Restoring<Request> = (
  ctx: AgentContext,
  work: Work,
  request: Request,
) => Promise<TargetResult[]>;

/** What a job may do to targets and vaults; a test of the loop brings its own. */
export interface Effects {
  readonly backup: (ctx: AgentContext, work: Work, alias: string) => Promise<VerifiedBackup>;
  readonly check: (
    ctx: AgentContext,
    work: Work,
    alias: string,
    backupId: string,
    manifestSha256: string,
  ) => Promise<BackupCheck>;
  readonly restore: Restoring<RestoreRequest>;
  readonly preview: Restoring<RestoreRequest>;
  readonly rollback: Restoring<FollowUpRequest>;
  readonly drop: Restoring<FollowUpRequest>;
  readonly list: (ctx: AgentContext, alias: string | null) => Promise<VerifiedBackup[]>;
  readonly resume: (ctx: AgentContext) => Promise<ResumedRestore[]>;
}

export const EFFECTS: Effects = {
  backup: (ctx, work, alias) => runBackup(ctx, work, alias, "backup"),
  check: checkBackup,
  restore: runRestore,
  preview: runPreview,
  rollback: runRollback,
  drop: runDrop,
  list: listBackups,
  resume: resumeRestores,
};
