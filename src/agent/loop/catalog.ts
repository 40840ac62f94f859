import { setTimeout as wait } from "node:timers/promises";
import { canonicalJson, type Json } from "#domain/trust/canonical.ts";
import type { Alert, BackupSummary, TargetSummary } from "#protocol/v1.ts";
import { careOf } from "../care/alerts.ts";
import { keptRecords } from "../care/drill-store.ts";
import { freshState, readState } from "../care/state.ts";
import type { TargetConfig, VaultConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import { vaultAlerts } from "../keep/watch-vaults.ts";
import { describe } from "./describe.ts";
import type { Effects } from "./effects.ts";
import { fitCatalog, type Shown } from "./fit-catalog.ts";

const INSPECT_TIMEOUT_MS = 60_000;
const AT_ONCE_MAX = 4;
/** An offer must be answered within its lease; what a slow vault told last time serves, the work looks again. */
const LOOK_UP_MS = 20_000;

/**
 * What the portal may know: targets with their care, verified backups, drills; without a host or a
 * credential.
 */
export interface Catalog {
  /** Looks at targets and vaults anew; what cannot be asked is unknown, never an error. */
  refresh(): Promise<void>;
  /** The catalog, if this session has not had it in its present form; null otherwise. */
  unsent(sid: string): Shown | null;
  markSent(sid: string, sent: Shown | null): void;
  /** SHA-256 of the manifest of a backup of this target, looked up now where the vault answers. */
  lookUpManifests(): Promise<(backupId: string, alias: string) => string | null>;
}

export function createCatalog(ctx: AgentContext, effects: Effects): Catalog {
  let shown: Shown | null = null;
  let refreshing: Promise<void> | null = null;
  let following: Promise<void> | null = null;
  const backupsOfVault = new Map<string, readonly BackupSummary[]>();
  let lastSent = "";

  const listVault = async (vault: VaultConfig): Promise<void> => {
    try {
      await ctx.vault(vault.alias).prepare();
      const alone = { ...ctx, config: { ...ctx.config, vaults: [vault] } };
      const found = await effects.list(alone, null);
      backupsOfVault.set(
        vault.alias,
        found.map((backup) => backup.summary),
      );
    } catch (error) {
      // What was known stays: a vault that is away has not lost its backups.
      ctx.log("vault cannot be listed", { vault: vault.alias, ...describe(error) });
    }
  };
  const listVaults = (): Promise<unknown> => Promise.all(ctx.config.vaults.map(listVault));
  const backups = (): BackupSummary[] => {
    const aliases = new Set(ctx.config.targets.map((target) => target.alias));
    return [...backupsOfVault.values()].flat().filter((backup) => aliases.has(backup.alias));
  };

  const refresh = async (): Promise<void> => {
    await listVaults();
    const newestOf = ({ alias, vault }: TargetConfig): string | null | undefined =>
      backupsOfVault
        .get(vault)
        ?.filter((backup) => backup.alias === alias)
        .map((backup) => backup.finishedAt)
        .reduce<string | null>((one, other) => (one === null || other > one ? other : one), null);
    const targets = await summariesOf(ctx, newestOf);
    const drills = await keptRecords(ctx.config.data);
    shown = fitCatalog({ targets, backups: backups(), drills });
  };
  const start = (): Promise<void> => {
    following = null;
    refreshing = refresh().finally(() => {
      refreshing = null;
    });
    return refreshing;
  };
  return {
    refresh: () => {
      if (refreshing === null) return start();
      // The one that runs may have listed the vaults before what the caller knows of.
      following ??= refreshing.then(start, start);
      return following;
    },
    unsent: (sid) => (shown !== null && lastSent !== markOf(sid, shown) ? shown : null),
    markSent: (sid, sent) => {
      if (sent) lastSent = markOf(sid, sent);
    },
    async lookUpManifests() {
      await Promise.race([listVaults(), wait(LOOK_UP_MS, undefined, { ref: false })]);
      const known = new Map(
        backups().map((backup) => [`${backup.alias}\n${backup.id}`, backup.manifest]),
      );
      return (backupId, alias) => known.get(`${alias}\n${backupId}`) ?? null;
    },
  };
}

function markOf(sid: string, shown: Shown): string {
  return `${sid}\n${canonicalJson(shown as unknown as Json)}`;
}

/** `newestOf`: when a target's newest listed backup was made, null for none, undefined if unknown. */
async function summariesOf(
  ctx: AgentContext,
  newestOf: (target: TargetConfig) => string | null | undefined,
): Promise<TargetSummary[]> {
  const free = new Map<string, number | null>();
  for (const { alias } of ctx.config.vaults) {
    free.set(
      alias,
      await ctx
        .vault(alias)
        .freeBytes()
        .catch(() => null),
    );
  }
  const alerts = await vaultAlerts(ctx.config, ctx.now());
  const out: TargetSummary[] = [];
  for (let at = 0; at < ctx.config.targets.length; at += AT_ONCE_MAX) {
    const some = ctx.config.targets.slice(at, at + AT_ONCE_MAX);
    const estimates = await Promise.all(some.map((target) => estimateOf(ctx, target)));
    for (const [index, target] of some.entries()) {
      out.push({
        alias: target.alias,
        engine: target.engine,
        actions: target.izin,
        vault: {
          alias: target.vault,
          kind: ctx.vault(target.vault).kind,
          freeBytes: free.get(target.vault) ?? null,
        },
        estimatedBytes: estimates[index] ?? null,
        care: await careFor(ctx, target, newestOf(target), alerts.get(target.alias) ?? []),
      });
    }
  }
  return out;
}

async function careFor(
  ctx: AgentContext,
  target: TargetConfig,
  newest: string | null | undefined,
  ofVault: readonly Alert[],
): Promise<TargetSummary["care"]> {
  const now = ctx.now();
  const state = (await readState(ctx.config.data, target.alias)) ?? freshState(now);
  const newestBackupAt = newest === undefined ? (state.lastBackup?.at ?? null) : newest;
  return careOf(target, state, newestBackupAt, ofVault, now);
}

/** Size of a backup to come; null while the target cannot be asked. */
export async function estimateOf(ctx: AgentContext, target: TargetConfig): Promise<number | null> {
  try {
    await using host = await ctx.openHost(target.tempat);
    const signal = AbortSignal.timeout(INSPECT_TIMEOUT_MS);
    const io = { host, signal, now: ctx.now, log: ctx.log };
    const { estimatedBytes } = await ctx.engine(target.engine).inspect(target, io);
    return Math.max(0, Math.round(estimatedBytes));
  } catch (error) {
    ctx.log("target cannot be inspected", { alias: target.alias, ...describe(error) });
    return null;
  }
}
