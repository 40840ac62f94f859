import { join } from "node:path";
import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { VaultConfig } from "../config.ts";
import type { Completed, Host, Running, RunOptions, SpawnOptions } from "../process/host.ts";
import { classifyRestic } from "./restic-failure.ts";

export type ResticConfig = Extract<VaultConfig, { jenis: "restic" }>;

/** Long enough to list a far, large repository; a hanging one ends all the same. */
const COMMAND_TIMEOUT_MS = 15 * 60_000;

/** Stores that ask for more than the repository's password take it from the agent's own environment. */
const ENVIRONMENT_PASSED_ON = /^(AWS_|RESTIC_REST_)/;

export interface Restic {
  run(args: readonly string[], options?: RunOptions): Promise<Completed>;
  spawn(args: readonly string[], options: SpawnOptions): Promise<Running>;
}

/** The binary with one repository; paths may stand in argv, the password stands in its file only. */
export function resticCommand(config: ResticConfig, host: Host, dataDir: string): Restic {
  const isLocal = config.repositori.startsWith("/");
  const argv = [
    "restic",
    "--repo",
    config.repositori,
    "--password-file",
    config.berkasSandi,
    // A cache saves round trips to a far store; beside a local one it only costs disk.
    ...(isLocal ? ["--no-cache"] : ["--cache-dir", join(dataDir, "cache", "restic")]),
  ];
  const passedOn = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      ENVIRONMENT_PASSED_ON.test(entry[0]) && entry[1] !== undefined,
  );
  // Without it the status lines come 60 times a second.
  const env = { ...Object.fromEntries(passedOn), RESTIC_PROGRESS_FPS: "0.1" };
  return {
    run: (args, options = {}) =>
      start(() => host.run([...argv, ...args], { timeoutMs: COMMAND_TIMEOUT_MS, ...options, env })),
    spawn: (args, options) => start(() => host.spawn([...argv, ...args], { ...options, env })),
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
  const found = classifyRestic(ended.code, ended.stderr);
  const code = found === "NO_REPOSITORY" ? "VAULT_UNREACHABLE" : (found ?? otherwise);
  return new AppError(code, `restic ${action} ended with ${ended.code ?? ended.signal}`, {
    detail: { action, exitCode: ended.code, signal: ended.signal },
  });
}
