import type { AgentContext } from "../context.ts";
import type { TargetFacts } from "../engines/engine.ts";
import { configuredTarget } from "./configured-target.ts";

export interface BackupPlan {
  readonly alias: string;
  readonly engine: string;
  readonly vault: string;
  readonly serverVersion: string;
  readonly toolVersion: string;
  readonly estimatedBytes: number;
  /** Null where the vault cannot tell. */
  readonly vaultFreeBytes: number | null;
  /** An estimate that fits; what a vault stores is mostly less. */
  readonly fits: boolean;
}

/** What a backup of the target would meet, without making one: target, tools, permission, room. */
export async function planBackup(
  ctx: AgentContext,
  alias: string,
  signal: AbortSignal,
): Promise<BackupPlan> {
  const target = configuredTarget(ctx.config, alias, "backup");
  await using host = await ctx.openHost(target.tempat);
  const io = { host, signal, now: ctx.now, log: ctx.log };
  const facts: TargetFacts = await ctx.engine(target.engine).inspect(target, io);
  const vaultFreeBytes = await ctx.vault(target.vault).freeBytes();
  const estimatedBytes = Math.max(0, Math.round(facts.estimatedBytes));
  return {
    alias,
    engine: target.engine,
    vault: target.vault,
    serverVersion: facts.serverVersion,
    toolVersion: facts.toolVersion,
    estimatedBytes,
    vaultFreeBytes,
    fits: vaultFreeBytes === null || vaultFreeBytes >= estimatedBytes,
  };
}
