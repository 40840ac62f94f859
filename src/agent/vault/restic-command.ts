import { setTimeout as wait } from "node:timers/promises";
import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { VaultConfig } from "../config.ts";
import type { Completed, Host, Running, RunOptions, SpawnOptions } from "../process/host.ts";
import { resticAccess } from "./restic-access.ts";
import { classifyRestic } from "./restic-failure.ts";

export type ResticConfig = Extract<VaultConfig, { jenis: "restic" }>;

/** Long enough to list a far, large repository; a hanging one ends all the same. */
const COMMAND_TIMEOUT_MS = 15 * 60_000;

export interface ResticPatience {
  /** How long a repository that somebody else has locked is waited for. */
  readonly lockMs: number;
  /** From one look to the next, at most. */
  readonly stepMs: number;
  /** How long what a killed restic has left is cleared away. */
  readonly tidyMs: number;
}

/**
 * A prune takes minutes; what takes longer is better told than waited for. Where the network is gone
 * restic tries for minutes, command after command: nobody who calls a job off waits for that.
 */
const PATIENCE: ResticPatience = { lockMs: 10 * 60_000, stepMs: 15_000, tidyMs: 20_000 };

export interface Restic {
  /** Runs a command, again and again while the repository is locked, as long as patience lasts. */
  run(args: readonly string[], options?: RunOptions): Promise<Completed>;
  /** Runs a command that is not worth waiting for a lock. */
  once(args: readonly string[], options?: RunOptions): Promise<Completed>;
  spawn(args: readonly string[], options: SpawnOptions): Promise<Running>;
  /**
   * Calls `attempt` until it is true or patience is over; in between removes locks of dead
   * processes, the only ones that `unlock` takes away.
   */
  whileLocked(attempt: () => Promise<boolean>, signal?: AbortSignal): Promise<void>;
  /** Runs a command that clears up, as far as it comes in a short time. Never rejects. */
  tidy(args: readonly string[]): Promise<void>;
}

/** The binary with one repository; paths may stand in argv, secrets stand in their files. */
export function resticCommand(
  config: ResticConfig,
  host: Host,
  dataDir: string,
  patience: ResticPatience = PATIENCE,
): Restic {
  const prepared = async (args: readonly string[]) => {
    const access = await resticAccess(config, dataDir);
    return {
      argv: ["restic", ...access.args, ...args],
      // Without it the status lines come 60 times a second; people who wait look every few seconds.
      env: { ...access.env, RESTIC_PROGRESS_FPS: "0.5" },
    };
  };
  const once: Restic["once"] = async (args, options = {}) => {
    const { argv, env } = await prepared(args);
    return start(() => host.run(argv, { timeoutMs: COMMAND_TIMEOUT_MS, ...options, env }));
  };
  const whileLocked: Restic["whileLocked"] = async (attempt, signal) => {
    const end = performance.now() + patience.lockMs;
    for (let step = patience.stepMs / 64; !(await attempt()); step *= 2) {
      const left = end - performance.now();
      if (left <= 0 || signal?.aborted) return;
      await once(["unlock"], signal && { signal });
      await wait(Math.min(step, patience.stepMs, left), null, signal && { signal }).catch(
        () => undefined,
      );
    }
  };
  const run: Restic["run"] = async (args, options = {}) => {
    let ended: Completed | null = null;
    await whileLocked(async () => {
      ended = await once(args, options);
      return classifyRestic(ended.code, ended.stderr) !== "VAULT_LOCKED";
    }, options.signal);
    return ended ?? once(args, options);
  };
  return {
    run,
    once,
    tidy: async (args) => {
      await run(args, { signal: AbortSignal.timeout(patience.tidyMs) }).catch(() => undefined);
    },
    spawn: async (args, options) => {
      const { argv, env } = await prepared(args);
      return start(() => host.spawn(argv, { ...options, env }));
    },
    whileLocked,
  };
}

async function start<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof AppError && error.code === "ENGINE_TOOL_MISSING") {
      throw new AppError("VAULT_TOOL_MISSING", "restic is not installed", {
        detail: error.detail,
        cause: error,
      });
    }
    throw error;
  }
}

/** The failure of a command that did not end with 0; its words stay here. */
export function resticError(action: string, ended: Completed, otherwise: ErrorCode): AppError {
  const found = classifyRestic(ended.code, ended.stderr, ended.signal === "TIMEOUT");
  const code = found === "NO_REPOSITORY" ? "VAULT_UNREACHABLE" : (found ?? otherwise);
  return new AppError(code, `restic ${action} ended with ${ended.code ?? ended.signal}`, {
    detail: { action, exitCode: ended.code, signal: ended.signal },
  });
}
