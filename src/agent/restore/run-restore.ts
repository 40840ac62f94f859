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
 * - before each effect its step is in the journal; `resumeRestores` ends what a crash cut short
 */
import { AppError } from "#domain/errors.ts";
import type { ContentDigest } from "#protocol/manifest.ts";
import type { ProgressPhase, TargetResult } from "#protocol/v1.ts";
import { assertNotCancelled } from "../backup/cancellation.ts";
import type { VerifiedBackup } from "../backup/open-manifest.ts";
import { runBackup } from "../backup/run-backup.ts";
import type { AgentContext, Work } from "../context.ts";
import { differences, sameContent } from "../engines/content-digest.ts";
import type { EngineIo, SideNames } from "../engines/engine.ts";
import { loadSide } from "./load-side.ts";
import { type PlannedTarget, planRestore, type RestoreRequest } from "./plan-restore.ts";
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
  const names = sideNames(request.job);
  const aliases = planned.map(({ target }) => target.alias);
  await using stack = new AsyncDisposableStack();
  const parts: Part[] = [];
  for (const one of planned) {
    const host = stack.use(await ctx.openHost(one.target.tempat));
    const io = { host, signal: work.signal, now: ctx.now, log: ctx.log };
    parts.push({ ...one, io });
  }
  for (const part of parts) {
    assertNotCancelled(work.signal);
    tell(work, part, "preflight", "Memeriksa sasaran sebelum pemulihan.");
    await part.engine.preflight(part.target, part.backup.manifest, part.io);
  }

  const journal = await beginRestoreJournal(ctx.config.data, {
    step: "begin",
    at: ctx.now().toISOString(),
    job: request.job,
    targets: planned.map(({ target, backup }) => ({
      alias: target.alias,
      engine: target.engine,
      backup: backup.manifest.id,
    })),
  });
  stack.defer(() => journal.close());
  const run: Run = { ctx, work, names, journal, parts };
  let results: TargetResult[];
  try {
    await makeSides(run);
    results = await swapAll(run, await keepUsersOut(run));
    await journal.append({ step: "committed", at: ctx.now().toISOString(), results });
  } catch (error) {
    work.progress({
      alias: null,
      phase: "rollback",
      percent: null,
      bytes: null,
      message: "Pemulihan dihentikan. Semua sasaran dikembalikan ke keadaan sebelumnya.",
    });
    await undoRestore(ctx, aliases, names);
    await journal.append({ step: "end", at: ctx.now().toISOString(), data: "old" });
    assertNotCancelled(work.signal, error);
    throw error;
  }
  await reopenTargets(ctx, aliases, names);
  await journal.append({ step: "end", at: ctx.now().toISOString(), data: "new" });
  for (const part of parts) tell(work, part, "done", "Pemulihan selesai. Sasaran dibuka kembali.");
  return results;
}

type Part = PlannedTarget & { readonly io: EngineIo };

interface Run {
  readonly ctx: AgentContext;
  readonly work: Work;
  readonly names: SideNames;
  readonly journal: RestoreJournal;
  readonly parts: readonly Part[];
}

/** SIDE and VERIFY: nothing live is touched, a failure costs nothing. */
async function makeSides({ ctx, work, names, journal, parts }: Run): Promise<void> {
  for (const part of parts) {
    assertNotCancelled(work.signal);
    tell(work, part, "side", "Memulihkan cadangan ke salinan samping.");
    await journal.append(stepOf(ctx, "side", part));
    await loadSide(ctx, part, names, part.io);
  }
  for (const part of parts) {
    assertNotCancelled(work.signal);
    tell(work, part, "verify", "Membandingkan salinan samping dengan isi cadangan.");
    const side = await part.engine.digest(part.target, "side", names, part.io);
    if (!agrees(ctx, part, side)) {
      throw new AppError("ENGINE_DIGEST_MISMATCH", "side copy differs from the backup");
    }
  }
}

/** QUIESCE and SAFETY BACKUP: the last state users wrote, verified, before anything is replaced. */
async function keepUsersOut({ ctx, work, names, journal, parts }: Run): Promise<VerifiedBackup[]> {
  for (const part of parts) {
    assertNotCancelled(work.signal);
    tell(work, part, "quiesce", "Menutup sementara sasaran bagi pengguna.");
    await journal.append(stepOf(ctx, "quiesce", part));
    await part.engine.quiesce(part.target, names, part.io);
  }
  const safety: VerifiedBackup[] = [];
  for (const part of parts) {
    safety.push(await runBackup(ctx, work, part.target.alias, "safety"));
  }
  return safety;
}

/** Each swap asks the lease first: an agent that was thought dead must not replace anything. */
async function swapAll(run: Run, safety: readonly VerifiedBackup[]): Promise<TargetResult[]> {
  const { ctx, work, names, journal, parts } = run;
  const results: TargetResult[] = [];
  for (const [index, part] of parts.entries()) {
    const before = safety[index];
    if (!before) throw new AppError("INTERNAL", "a target without a safety backup");
    assertNotCancelled(work.signal);
    await work.confirmLease();
    tell(work, part, "swap", "Menukar data lama dengan hasil pemulihan.");
    await journal.append(stepOf(ctx, "swap", part));
    const startedAt = performance.now();
    await part.engine.swap(part.target, names, part.io);
    const swapMs = performance.now() - startedAt;

    tell(work, part, "check_live", "Memeriksa data yang sekarang dipakai.");
    const live = await part.engine.digest(part.target, "live", names, part.io);
    if (!agrees(ctx, part, live)) {
      throw new AppError(
        "ENGINE_SWAP_FAILED",
        "live target differs from the backup after the swap",
      );
    }
    results.push(resultOf(part, before, live, swapMs, names));
  }
  return results;
}

function resultOf(
  { target, engine, backup }: Part,
  safety: VerifiedBackup,
  live: ContentDigest,
  swapMs: number,
  names: SideNames,
): TargetResult {
  return {
    alias: target.alias,
    engine: target.engine,
    backup: backup.summary,
    restore: {
      liveBefore: safety.manifest.content.digest,
      liveAfter: live.digest,
      expected: backup.manifest.content.digest,
      digestsEqual: true,
      units: live.entries.length,
      rows: live.entries.reduce((sum, entry) => sum + entry.count, 0),
      swapMs,
      safetyBackup: safety.manifest.id,
      kept: engine.keptAs(target, names),
    },
    check: null,
  };
}

function agrees(ctx: AgentContext, { target, backup }: Part, found: ContentDigest): boolean {
  const expected = backup.manifest.content;
  if (sameContent(expected, found)) return true;
  ctx.log("content differs from the backup", {
    alias: target.alias,
    algorithms: [expected.algorithm, found.algorithm],
    differences: differences(expected, found).slice(0, 20),
  });
  return false;
}

function stepOf(ctx: AgentContext, step: "side" | "quiesce" | "swap", { target }: Part) {
  return { step, at: ctx.now().toISOString(), alias: target.alias };
}

function tell(work: Work, { target }: Part, phase: ProgressPhase, message: string): void {
  work.progress({ alias: target.alias, phase, percent: null, bytes: null, message });
}
