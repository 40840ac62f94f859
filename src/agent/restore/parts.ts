import { AppError, isAppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { ProgressPhase } from "#protocol/v1.ts";
import { assertNotCancelled } from "../backup/cancellation.ts";
import type { TargetConfig } from "../config.ts";
import type { AgentContext, Work } from "../context.ts";
import type { Engine, EngineIo, SideNames } from "../engines/engine.ts";

export const LOADING = "Memulihkan cadangan ke salinan samping.";

/** A target of work that runs, with its own connection. */
export interface Part {
  readonly target: TargetConfig;
  readonly engine: Engine;
  readonly io: EngineIo;
  readonly names: SideNames;
}

/**
 * Looks at all targets before anything is done to one, and refuses with all that stands against it
 * at once: people who mend one thing after the other ask for the same approval again and again. What
 * is told names no place; the alias goes with it.
 */
export async function judgeAll<One extends { readonly target: TargetConfig }, Judged>(
  work: Work,
  targets: readonly One[],
  judge: (one: One) => Promise<Judged>,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  const refusals: AppError[] = [];
  for (const one of targets) {
    assertNotCancelled(work.signal);
    tell(work, one, "preflight", "Memeriksa sasaran sebelum mulai.");
    try {
      judged.push(await judge(one));
    } catch (error) {
      assertNotCancelled(work.signal, error);
      if (!isAppError(error)) throw error;
      tell(work, one, "preflight", `Belum dapat dimulai: ${lowerFirst(error.row.pesan)}`);
      refusals.push(atTarget(error, one.target.alias));
    }
  }
  const [first] = refusals;
  if (first) throw first;
  return judged;
}

export async function ioOf(
  ctx: AgentContext,
  work: Work,
  target: TargetConfig,
  stack: AsyncDisposableStack,
): Promise<EngineIo> {
  const host = stack.use(await ctx.openHost(target.tempat));
  return { host, signal: work.signal, now: ctx.now, log: ctx.log };
}

/** The same failure, told of one target. */
export function atTarget(error: AppError, alias: string, code = error.code): AppError {
  const message = error.message.slice(error.code.length + 2);
  return new AppError(code, message, {
    detail: { ...error.detail, alias },
    problems: error.problems,
    cause: error,
  });
}

export function tell(
  work: Work,
  { target }: { readonly target: TargetConfig },
  phase: ProgressPhase,
  message: string,
): void {
  work.progress({ alias: target.alias, phase, percent: null, bytes: null, message });
}

/** Tells how much of a backup was read into its side copy. */
export function tellLoading(
  work: Work,
  { target }: { readonly target: TargetConfig },
  { receipt }: Manifest,
): (bytes: number) => void {
  return (bytes) =>
    work.progress({
      alias: target.alias,
      phase: "side",
      percent: Math.min(99, (100 * bytes) / receipt.bytes),
      bytes,
      message: LOADING,
    });
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
