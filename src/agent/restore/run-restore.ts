/**
 * The frame of every restore, over all targets of a job at once (an application is its database and
 * its files):
 *
 *   PREFLIGHT all → SIDE all → VERIFY all → QUIESCE all → SAFETY BACKUP all
 *   → per target: lease, SWAP, CHECK → commit → REOPEN all, keep OLD
 *
 * - until the first swap users read what was live, at worst they wait
 * - users come in again only when the whole set is new or the whole set is old again, so no write
 *   of theirs falls between two halves and none is lost by swapping back
 * - where nothing is live any more there is nobody to keep out and nothing to save: the copy that
 *   was proved goes into the empty place
 * - before each effect its step is in the journal; `resumeRestores` ends what a crash cut short
 */
import { AppError, type ErrorCode, isAppError } from "#domain/errors.ts";
import type { ContentDigest, ProofLevel } from "#protocol/manifest.ts";
import type { TargetResult } from "#protocol/v1.ts";
import { assertNotCancelled } from "../backup/cancellation.ts";
import type { VerifiedBackup } from "../backup/open-manifest.ts";
import { runBackup } from "../backup/run-backup.ts";
import type { AgentContext, Work } from "../context.ts";
import { confirmedLease } from "./confirmed-lease.ts";
import { assertAsPreviewed, judgeRestore, type RestorePart } from "./judge-restore.ts";
import { loadSide } from "./load-side.ts";
import { atTarget, LOADING, tell, tellLoading } from "./parts.ts";
import { planRestore, type RestoreRequest } from "./plan-restore.ts";
import { agrees, proveCopy } from "./prove-copy.ts";
import { beginRestoreJournal, type RestoreJournal } from "./restore-journal.ts";
import { sideNames } from "./side-names.ts";
import { reopenTargets, undoRestore } from "./undo-restore.ts";

/**
 * Restores all targets of a job or none. Rejects with all of them as they were before, or with
 * ENGINE_NEEDS_HUMAN where one could not be brought back or opened (then `resumeRestores` tries again).
 */
export async function runRestore(
  ctx: AgentContext,
  work: Work,
  request: RestoreRequest,
): Promise<TargetResult[]> {
  const planned = await planRestore(ctx, request);
  await using stack = new AsyncDisposableStack();
  const names = sideNames(request.job);
  const parts = await judgeRestore(ctx, work, planned, names, stack, "restore");
  await assertAsPreviewed(ctx, request.request ?? null, parts);

  const journal = await beginRestoreJournal(ctx.config.data, {
    step: "begin",
    at: ctx.now().toISOString(),
    job: request.job,
    request: request.request ?? null,
    targets: parts.map(({ target, backup, live }) => ({
      alias: target.alias,
      engine: target.engine,
      backup: backup.manifest.id,
      liveWasAbsent: live === "absent",
    })),
  });
  stack.defer(() => journal.close());
  const run: Run = { ctx, work, journal, parts, swapped: new Set() };
  let results: TargetResult[];
  try {
    const levels = await makeSides(run);
    results = await swapAll(run, levels, await keepUsersOut(run));
    await journal.append({ step: "committed", at: ctx.now().toISOString(), results });
  } catch (error) {
    work.progress({
      alias: null,
      phase: "rollback",
      percent: null,
      bytes: null,
      message: "Pemulihan dihentikan. Semua sasaran dikembalikan ke keadaan sebelumnya.",
    });
    await undoRestore(
      ctx,
      parts.map((part) => handleOf(run, part)),
    );
    await journal.append({ step: "end", at: ctx.now().toISOString(), data: "old" });
    assertNotCancelled(work.signal, error);
    throw error;
  }
  await reopenTargets(
    ctx,
    parts.map((part) => handleOf(run, part)),
  );
  await journal.append({ step: "end", at: ctx.now().toISOString(), data: "new" });
  for (const part of parts) tell(work, part, "done", "Pemulihan selesai. Sasaran dibuka kembali.");
  return results;
}

interface Run {
  readonly ctx: AgentContext;
  readonly work: Work;
  readonly journal: RestoreJournal;
  readonly parts: readonly RestorePart[];
  /** Aliases whose swap stands in the journal. */
  readonly swapped: Set<string>;
}

/** SIDE and VERIFY: nothing live is touched, a failure costs nothing. */
async function makeSides({ ctx, work, journal, parts }: Run): Promise<Map<string, ProofLevel>> {
  for (const part of parts) {
    assertNotCancelled(work.signal);
    tell(work, part, "side", LOADING);
    await journal.append(stepOf(ctx, "side", part));
    const onBytes = tellLoading(work, part, part.backup.manifest);
    await loadSide(ctx, part, part.names, part.io, onBytes);
  }
  const levels = new Map<string, ProofLevel>();
  for (const part of parts) {
    assertNotCancelled(work.signal);
    tell(work, part, "verify", "Membandingkan salinan samping dengan isi cadangan.");
    const { target, engine, names, backup, io } = part;
    levels.set(target.alias, await proveCopy(ctx, target, engine, names, backup.manifest, io));
  }
  return levels;
}

/** QUIESCE and SAFETY BACKUP: the last state users wrote, verified, before anything is replaced. */
async function keepUsersOut(run: Run): Promise<Map<string, VerifiedBackup>> {
  const { ctx, work, journal } = run;
  const present = run.parts.filter((part) => part.live !== "absent");
  for (const part of present) {
    assertNotCancelled(work.signal);
    tell(work, part, "quiesce", "Menutup sementara sasaran bagi pengguna.");
    await journal.append(stepOf(ctx, "quiesce", part));
    await part.engine.quiesce(part.target, part.names, part.io);
  }
  const safety = new Map<string, VerifiedBackup>();
  for (const { target } of present) {
    safety.set(target.alias, await safetyBackup(ctx, work, target.alias));
  }
  return safety;
}

/** What an engine says of a live target that it cannot read whole. */
const UNREADABLE: readonly ErrorCode[] = [
  "ENGINE_DUMP_FAILED",
  "ENGINE_DUMP_INCOMPLETE",
  "ENGINE_DAMAGED",
];

/**
 * What is live now, as a backup that was read back. Nothing is replaced that could not be saved: a
 * person has to put a damaged target aside, and an empty place can be restored.
 */
export async function safetyBackup(
  ctx: AgentContext,
  work: Work,
  alias: string,
): Promise<VerifiedBackup> {
  try {
    return await runBackup(ctx, work, alias, "safety");
  } catch (error) {
    if (!isAppError(error) || work.signal.aborted) throw error;
    const isBusy = error.detail.changedWhileRead === true;
    if (isBusy || !UNREADABLE.includes(error.code)) throw atTarget(error, alias);
    throw atTarget(error, alias, "ENGINE_LIVE_DAMAGED");
  }
}

/** Each swap asks the lease first: an agent that was thought dead must not replace anything. */
async function swapAll(
  run: Run,
  levels: ReadonlyMap<string, ProofLevel>,
  safety: ReadonlyMap<string, VerifiedBackup>,
): Promise<TargetResult[]> {
  const { ctx, work, journal, parts } = run;
  const results: TargetResult[] = [];
  for (const part of parts) {
    const { target, engine, names, io, backup } = part;
    const before = safety.get(target.alias) ?? null;
    if (before === null && part.live !== "absent") {
      throw new AppError("INTERNAL", "a target without a safety backup");
    }
    assertNotCancelled(work.signal);
    const assertHeld = await confirmedLease(ctx, work);
    tell(work, part, "swap", "Menukar data lama dengan hasil pemulihan.");
    await journal.append(stepOf(ctx, "swap", part));
    run.swapped.add(target.alias);
    assertHeld();
    const startedAt = performance.now();
    await engine.swap(target, names, io);
    const swapMs = performance.now() - startedAt;

    tell(work, part, "check_live", "Memeriksa data yang sekarang dipakai.");
    const live = await engine.digest(target, "live", names, io);
    if (!agrees(ctx, target.alias, backup.manifest.content, live)) {
      throw new AppError(
        "ENGINE_SWAP_FAILED",
        "live target differs from the backup after the swap",
      );
    }
    const level = levels.get(target.alias) ?? "L3";
    results.push(resultOf(part, before, live, swapMs, level));
  }
  return results;
}

function resultOf(
  { target, engine, backup, names }: RestorePart,
  safety: VerifiedBackup | null,
  live: ContentDigest,
  swapMs: number,
  level: ProofLevel,
): TargetResult {
  return {
    alias: target.alias,
    engine: target.engine,
    backup: backup.summary,
    restore: {
      liveBefore: safety?.manifest.content.digest ?? null,
      liveAfter: live.digest,
      expected: backup.manifest.content.digest,
      digestsEqual: true,
      units: live.entries.length,
      rows: live.entries.reduce((sum, entry) => sum + entry.count, 0),
      swapMs,
      level,
      safetyBackup: safety?.manifest.id ?? null,
      kept: safety ? engine.keptAs(target, names) : "tidak ada; sasaran kosong sebelum pemulihan",
    },
    check: null,
    preview: null,
    followUp: null,
  };
}

function handleOf(run: Run, { target, names }: RestorePart) {
  return { alias: target.alias, names, maybeSwapped: run.swapped.has(target.alias) };
}

function stepOf(ctx: AgentContext, step: "side" | "quiesce" | "swap", { target }: RestorePart) {
  return { step, at: ctx.now().toISOString(), alias: target.alias };
}
