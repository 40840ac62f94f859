/**
 * What the agent does once a day for its vaults without being asked, and what it then has to tell.
 * It reads, and marks orphans; it never removes.
 */
import { isAppError } from "#domain/errors.ts";
import type { Alert } from "#domain/job/care.ts";
import type { AgentContext } from "../context.ts";
import { type BrokenChain, brokenChains, knownBroken, rememberBroken } from "./chain.ts";
import { damagedBackups } from "./damaged.ts";
import { fullDates, isFullSoon, sampleSpace } from "./forecast.ts";
import { markOrphans, signerOf } from "./orphans.ts";
import { damagedVaults, type RotaReport, readRota } from "./read-rota.ts";
import { runningJobs } from "./running-jobs.ts";
import { type OwnedBackup, readContents } from "./vault-contents.ts";

export interface VaultWatch {
  readonly rota: readonly RotaReport[];
  readonly broken: readonly BrokenChain[];
  readonly orphans: number;
}

/** Call once a day. A vault that cannot be asked is logged and left for tomorrow. */
export async function watchVaults(
  ctx: AgentContext,
  now: Date,
  signal?: AbortSignal,
): Promise<VaultWatch> {
  await sampleSpace(ctx, now);
  const running = await runningJobs(ctx.config.data);
  const broken = await lookAtChains(ctx, now);
  let orphans = 0;
  for (const { alias } of ctx.config.vaults) {
    // Where manifests are missing from the list, their streams only look like orphans.
    if (broken.some(({ vault }) => vault === alias)) continue;
    try {
      orphans += await markOrphans(ctx, alias, running, now);
    } catch (error) {
      const code = isAppError(error) ? error.code : "INTERNAL";
      ctx.log("orphans were not looked for", { vault: alias, code });
    }
  }
  const rota = await readRota(ctx, now, signal);
  return { rota, broken, orphans };
}

/** Looks into all vaults for what this agent remembers to have made; what is lost is remembered. */
export async function lookAtChains(ctx: AgentContext, now: Date): Promise<readonly BrokenChain[]> {
  const vaults = new Set<string>();
  const backups: OwnedBackup[] = [];
  for (const { alias } of ctx.config.vaults) {
    try {
      backups.push(...(await readContents(ctx.vault(alias), [signerOf(ctx)])).backups);
      vaults.add(alias);
    } catch (error) {
      const code = isAppError(error) ? error.code : "INTERNAL";
      ctx.log("a vault's chain was not looked at", { vault: alias, code });
    }
  }
  const broken = await brokenChains(ctx, { vaults, backups }, now);
  await rememberBroken(ctx.config.data, broken, vaults);
  return broken;
}

/** What people must be told of each target, from what was found before; touches no vault. */
export async function vaultAlerts(
  config: AgentContext["config"],
  now: Date,
): Promise<ReadonlyMap<string, readonly Alert[]>> {
  const [damaged, full] = [await damagedVaults(config), await fullDates(config)];
  const broken = await knownBroken(config.data);
  const damagedAliases = new Set(
    [...(await damagedBackups(config.data)).values()].map(({ alias }) => alias),
  );
  return new Map(
    config.targets.map(({ alias, vault }) => {
      const alerts: Alert[] = [];
      if (damaged.has(vault) || damagedAliases.has(alias)) alerts.push("vault_damaged");
      if (isFullSoon(full.get(vault), now)) alerts.push("vault_full_soon");
      if (broken.some((chain) => chain.alias === alias)) alerts.push("backups_lost");
      return [alias, alerts] as const;
    }),
  );
}
