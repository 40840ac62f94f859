import { journalledWork } from "./restore-journal.ts";
import { sideNames } from "./side-names.ts";

/** What became of the former data of a finished restore. */
export interface KeptCopies {
  /** The job of the restore. */
  readonly job: string;
  readonly state: "kept" | "rolled_back" | "dropped";
  /** When the restore ended. */
  readonly at: string;
  /** Name of the copies in the engines' terms. */
  readonly old: string;
  /** Targets that have such a copy; one that was gone before the restore has none. */
  readonly aliases: readonly string[];
  /** Backups of what was live before: as long as the copies are kept they should be, too. */
  readonly safetyBackups: readonly string[];
}

/** All finished restores that kept former data, as the journals tell it, in no order. Reads only. */
export async function keptCopies(data: string): Promise<KeptCopies[]> {
  const { works } = await journalledWork(data);
  const done = works.filter((work) => work.end?.data === "new");
  const wasAsked = (action: "rollback" | "drop", job: string) =>
    done.some((work) => work.action === action && work.restored === job);
  const out: KeptCopies[] = [];
  for (const { action, job, targets, committed, end } of done) {
    const aliases = targets.filter((target) => !target.liveWasAbsent).map(({ alias }) => alias);
    if (action !== "restore" || aliases.length === 0 || end === null) continue;
    const rolledBack = wasAsked("rollback", job);
    out.push({
      job,
      state: rolledBack ? "rolled_back" : wasAsked("drop", job) ? "dropped" : "kept",
      at: end.at,
      old: sideNames(job).old,
      aliases,
      safetyBackups: (committed ?? []).flatMap(({ restore }) => restore?.safetyBackup ?? []),
    });
  }
  return out;
}
