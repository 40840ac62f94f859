import { AppError } from "#domain/errors.ts";
import { lockTarget } from "../care/target-lock.ts";
import type { AgentConfig } from "../config.ts";
import { type AgentContext, targetOf, type Work } from "../context.ts";
import { unfinishedRestores } from "../restore/restore-journal.ts";
import { configOf, type StandardOptions } from "./command.ts";
import { createLog } from "./log.ts";
import { openEnrolled } from "./open-context.ts";
import { createProgressScreen } from "./progress.ts";
import { onSignals } from "./signals.ts";

/**
 * Work of the operator on one target, beside the running agent: refused while a job or a scheduled
 * run has the target (AGENT_TARGET_BUSY) or an earlier restore of it has no end; called off by the
 * first signal, whose exit code the process then ends with.
 */
export async function onTarget<Result>(
  options: StandardOptions,
  alias: string,
  act: (ctx: AgentContext, work: Work) => Promise<Result>,
): Promise<Result> {
  const config = await configOf(options);
  if (!targetOf(config, alias)) {
    throw new AppError("WORKFLOW_TARGET", "alias is not in the config", { detail: { alias } });
  }
  const isForProgram = options.json === true;
  const { stderr } = process;
  const screen = createProgressScreen(
    { write: (text) => stderr.write(text), isTTY: stderr.isTTY === true, columns: stderr.columns },
    () => performance.now(),
  );
  const log = createLog(
    (line) => {
      // Whoever sits at the terminal reads sentences; the detail is for logs.
      if (!isForProgram && stderr.isTTY !== true) stderr.write(line);
    },
    () => new Date(),
  );
  const ctx = await openEnrolled(config, log);
  const control = new AbortController();
  const signals = onSignals(() =>
    control.abort(new AppError("JOB_CANCELLED", "ended by a signal")),
  );
  try {
    await using _lock = await lockTarget(config.data, alias);
    await assertNothingUnfinished(config, alias);
    return await act(ctx, {
      job: null,
      epoch: 0,
      signal: control.signal,
      progress: isForProgram ? () => undefined : screen.tell,
      confirmLease: async () => undefined,
    });
  } finally {
    screen.clear();
    signals.stopListening();
    const { exitCode } = signals;
    if (exitCode !== null) process.exitCode = exitCode;
  }
}

/** A restore that was cut short is ended by the agent when it starts, and only then is the target itself. */
async function assertNothingUnfinished(config: AgentConfig, alias: string): Promise<void> {
  const { unfinished } = await unfinishedRestores(config.data);
  if (!unfinished.some(({ targets }) => targets.some((target) => target.alias === alias))) return;
  throw new AppError("ENGINE_NEEDS_HUMAN", "a restore of this target is unfinished", {
    detail: { alias },
  });
}
