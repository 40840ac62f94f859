import type { TargetResult } from "#protocol/v1.ts";
import type { AgentContext } from "../context.ts";
import {
  continueRestoreJournal,
  type JournalledWork,
  unfinishedRestores,
} from "./restore-journal.ts";
import { dropKept, dropResults } from "./run-drop.ts";
import { dropSides } from "./run-preview.ts";
import { finishRollback, noneSwappedBack, reopenKept } from "./run-rollback.ts";
import { sideNames } from "./side-names.ts";
import { allSwapped, reopenTargets, undoRestore } from "./undo-restore.ts";

/**
 * How work ended that a crash had cut short: `new`: what was asked for holds, with the results the
 * job would have reported; `old`: what was live before is live; `needs_human`: it is tried again at
 * the next start.
 */
export interface ResumedRestore {
  readonly job: string;
  readonly data: "new" | "old" | "needs_human";
  readonly results: readonly TargetResult[];
}

/** Ends all work that has no end. For the start of the agent, before it takes work. */
export async function resumeRestores(ctx: AgentContext): Promise<ResumedRestore[]> {
  const { unfinished, damaged } = await unfinishedRestores(ctx.config.data);
  for (const name of damaged) ctx.log("restore journal is damaged; restores are refused", { name });
  const resumed: ResumedRestore[] = [];
  for (const work of unfinished) {
    const { job, action } = work;
    try {
      const journal = await continueRestoreJournal(ctx.config.data, job);
      try {
        const results = await ENDINGS[action](ctx, work);
        const at = ctx.now().toISOString();
        if (results && !work.committed) await journal.append({ step: "committed", at, results });
        const data = results ? "new" : "old";
        await journal.append({ step: "end", at, data });
        ctx.log("ended work that was cut short", { job, action, data });
        resumed.push({ job, data, results: results ?? [] });
      } finally {
        await journal.close();
      }
    } catch (error) {
      ctx.log("work that was cut short needs the operator", { job, action, error: String(error) });
      resumed.push({ job, data: "needs_human", results: [] });
    }
  }
  return resumed;
}

/** Brings work to an end: its results where what was asked for holds, null where all is as before. */
type Ending = (ctx: AgentContext, work: JournalledWork) => Promise<TargetResult[] | null>;

const ENDINGS: Record<JournalledWork["action"], Ending> = {
  /** Forward where all was swapped and checked, else back. */
  restore: async (ctx, { job, targets, committed, swapped }) => {
    const handles = targets.map(({ alias, liveWasAbsent }) => ({
      alias,
      names: { ...sideNames(job), liveWasAbsent },
      maybeSwapped: swapped.has(alias),
    }));
    // A disk that failed while the commit was written may hold it although the restore was undone.
    const isNew = committed !== null && (await allSwapped(ctx, handles));
    if (isNew) await reopenTargets(ctx, handles);
    else await undoRestore(ctx, handles);
    return isNew ? committed : null;
  },

  preview: async (ctx, { job, targets, committed }) => {
    await dropSides(
      ctx,
      job,
      targets.map(({ alias }) => alias),
    );
    return committed;
  },

  /** Back only as long as nothing was swapped back; see run-rollback.ts. */
  rollback: async (ctx, { targets, prepared, restored, swapped }) => {
    const aliases = targets.map(({ alias }) => alias);
    const of = restored ?? "";
    const isOld = swapped.size === 0 || (await noneSwappedBack(ctx, aliases, of));
    const results = isOld || !prepared ? null : await finishRollback(ctx, of, prepared);
    await reopenKept(ctx, aliases, of);
    return results;
  },

  drop: async (ctx, { targets, restored }) => {
    const of = restored ?? "";
    await dropKept(ctx, targets, of);
    return dropResults(targets, of);
  },
};
