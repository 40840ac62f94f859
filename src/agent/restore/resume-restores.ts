import type { TargetResult } from "#protocol/v1.ts";
import type { AgentContext } from "../context.ts";
import { continueRestoreJournal, unfinishedRestores } from "./restore-journal.ts";
import { sideNames } from "./side-names.ts";
import { allSwapped, reopenTargets, undoRestore } from "./undo-restore.ts";

/**
 * How a restore ended that a crash had cut short: `new`: the backups are live, with the results the
 * job would have reported; `old`: what was live before is live; `needs_human`: it is tried again at
 * the next start.
 */
export interface ResumedRestore {
  readonly job: string;
  readonly data: "new" | "old" | "needs_human";
  readonly results: readonly TargetResult[];
}

/**
 * Ends every restore that has no end: forward where all was swapped and checked, else back. For the
 * start of the agent, before it takes work.
 */
export async function resumeRestores(ctx: AgentContext): Promise<ResumedRestore[]> {
  const { unfinished, damaged } = await unfinishedRestores(ctx.config.data);
  for (const name of damaged) ctx.log("restore journal is damaged; restores are refused", { name });
  const resumed: ResumedRestore[] = [];
  for (const { job, targets, committed } of unfinished) {
    const names = sideNames(job);
    const aliases = targets.map((target) => target.alias);
    try {
      // A disk that failed while the commit was written may hold it although the restore was undone.
      const isNew = committed !== null && (await allSwapped(ctx, aliases, names));
      const data = isNew ? "new" : "old";
      if (isNew) await reopenTargets(ctx, aliases, names);
      else await undoRestore(ctx, aliases, names);
      const journal = await continueRestoreJournal(ctx.config.data, job);
      await journal.append({ step: "end", at: ctx.now().toISOString(), data });
      await journal.close();
      ctx.log("ended a restore that was cut short", { job, data });
      resumed.push({ job, data, results: isNew ? committed : [] });
    } catch (error) {
      ctx.log("a restore that was cut short needs the operator", { job, error: String(error) });
      resumed.push({ job, data: "needs_human", results: [] });
    }
  }
  return resumed;
}
