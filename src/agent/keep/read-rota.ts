/**
 * Every stored byte is read again within `bacaSemuaHari` days: a store keeps what nobody reads only
 * as long as nobody reads it. Each day one part of as many as there are days.
 */
import { z } from "zod";
import { isAppError } from "#domain/errors.ts";
import type { VaultConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import { clearDamaged, damagedBackups, markDamaged } from "./damaged.ts";
import { signerOf } from "./orphans.ts";
import { keepPath, readKept, writeKept } from "./state-file.ts";
import { readContents } from "./vault-contents.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A part is not read twice a day, even where the daily run comes a little early. */
const NOT_AGAIN_MS = 20 * 60 * 60 * 1000;
/** After days off, so many parts a day until all are in time again. */
const CATCH_UP_MAX = 3;

const Part = z.strictObject({ readAt: z.iso.datetime(), isIntact: z.boolean() });
const Rota = z.strictObject({
  v: z.literal(1),
  parts: z.int().positive(),
  since: z.iso.datetime(),
  /** By number of the part, 1 … parts. */
  read: z.record(z.string(), Part),
});
export type Rota = z.infer<typeof Rota>;

export interface RotaReport {
  readonly vault: string;
  readonly parts: readonly { readonly part: number; readonly isIntact: boolean }[];
  /** Backups that do not read back, found because a part was damaged. */
  readonly damaged: readonly string[];
  /** Code of the error table where the vault could not be read. */
  readonly error: string | null;
}

/** Parts to read now: the one read longest ago, and more where the promise is about to be broken. */
export function dueParts(rota: Rota, now: Date): readonly number[] {
  const numbers = Array.from({ length: rota.parts }, (_, index) => index + 1);
  const readAt = (part: number): number => Date.parse(rota.read[part]?.readAt ?? "") || 0;
  const oldestFirst = numbers.toSorted((one, other) => readAt(one) - readAt(other) || one - other);
  const newest = Math.max(...numbers.map(readAt));
  // A clock that was put back would otherwise stop all reading until it is caught up.
  if (newest > 0 && Math.abs(now.getTime() - newest) < NOT_AGAIN_MS) return [];
  const sinceDays = (now.getTime() - Date.parse(rota.since)) / DAY_MS;
  const late = oldestFirst.filter((part) => {
    const never = readAt(part) === 0;
    if (!never) return now.getTime() - readAt(part) > rota.parts * DAY_MS;
    // In the first round the parts fall due one a day.
    return oldestFirst.indexOf(part) + countRead(rota) < sinceDays;
  });
  const due = oldestFirst.slice(0, Math.min(CATCH_UP_MAX, Math.max(1, late.length)));
  // A damaged part is looked at every day, so that its mending is noticed.
  const damaged = numbers.filter((part) => rota.read[part]?.isIntact === false);
  return [...new Set([...damaged, ...due])];
}

/** Reads today's parts of all vaults. Call once a day; a second call on the same day reads nothing. */
export async function readRota(
  ctx: AgentContext,
  now: Date,
  signal?: AbortSignal,
): Promise<readonly RotaReport[]> {
  const reports: RotaReport[] = [];
  for (const vault of ctx.config.vaults) {
    if (signal?.aborted) break;
    try {
      reports.push(await readVault(ctx, vault, now, signal));
    } catch (error) {
      if (signal?.aborted) break;
      const code = isAppError(error) ? error.code : "INTERNAL";
      ctx.log("part of a vault could not be read", { vault: vault.alias, code });
      reports.push({ vault: vault.alias, parts: [], damaged: [], error: code });
    }
  }
  return reports;
}

/** Vaults of which a part was damaged when it was read last. */
export async function damagedVaults(config: AgentContext["config"]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const { alias } of config.vaults) {
    const rota = await readKept(pathOf(config.data, alias), Rota);
    if (rota && Object.values(rota.read).some((part) => !part.isIntact)) found.add(alias);
  }
  for (const { vault } of (await damagedBackups(config.data)).values()) found.add(vault);
  return found;
}

async function readVault(
  ctx: AgentContext,
  config: VaultConfig,
  now: Date,
  signal: AbortSignal | undefined,
): Promise<RotaReport> {
  const path = pathOf(ctx.config.data, config.alias);
  const vault = ctx.vault(config.alias);
  const known = await readKept(path, Rota);
  // Other parts cut the store in other places: what was read before says nothing of them.
  let rota: Rota =
    known?.parts === config.bacaSemuaHari
      ? known
      : { v: 1, parts: config.bacaSemuaHari, since: now.toISOString(), read: {} };
  const parts: { part: number; isIntact: boolean }[] = [];
  for (const part of dueParts(rota, now)) {
    const { isIntact } = await vault.readPart(part, rota.parts, signal);
    signal?.throwIfAborted();
    parts.push({ part, isIntact });
    rota = { ...rota, read: { ...rota.read, [part]: { readAt: now.toISOString(), isIntact } } };
    await writeKept(path, rota);
  }
  // Of damage that is known already only the marked backups are read again.
  const isDamaged = parts.some(
    ({ part, isIntact }) => !isIntact && known?.read[part]?.isIntact !== false,
  );
  const damaged =
    parts.length > 0 ? await verifyBackups(ctx, config.alias, now, isDamaged, signal) : [];
  return { vault: config.alias, parts, damaged, error: null };
}

/**
 * Which backups the damage is in: all are read, or, where no part is damaged now, the marked ones and
 * those whose stream is not listed: what is not there is in no part.
 */
async function verifyBackups(
  ctx: AgentContext,
  alias: string,
  now: Date,
  all: boolean,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const vault = ctx.vault(alias);
  const { backups, streams } = await readContents(vault, [signerOf(ctx)]);
  const listed = new Set(streams.map(({ object }) => object));
  const marked = await damagedBackups(ctx.config.data);
  const damaged: string[] = [];
  for (const { manifest } of backups) {
    const isDoubtful = marked.has(manifest.id) || !listed.has(manifest.receipt.object);
    if (!all && !isDoubtful) continue;
    if (await readsBack(ctx, vault.verify(manifest.receipt, signal), manifest)) {
      await clearDamaged(ctx.config.data, manifest.id);
      continue;
    }
    signal?.throwIfAborted();
    damaged.push(manifest.id);
    await markDamaged(ctx.config.data, {
      backup: manifest.id,
      alias: manifest.alias,
      vault: alias,
      foundAt: now.toISOString(),
    });
  }
  return damaged;
}

/** A store that cannot be asked says nothing of the backup, and rejects. */
async function readsBack(
  ctx: AgentContext,
  reading: Promise<{ readonly bytes: number }>,
  manifest: { readonly id: string; readonly receipt: { readonly bytes: number } },
): Promise<boolean> {
  try {
    return (await reading).bytes === manifest.receipt.bytes;
  } catch (error) {
    const isFinding =
      isAppError(error) &&
      (error.code === "VAULT_CORRUPT" || error.code === "VAULT_BACKUP_UNKNOWN");
    if (!isFinding) throw error;
    ctx.log("backup does not read back", { backup: manifest.id, code: error.code });
    return false;
  }
}

function countRead(rota: Rota): number {
  return Object.keys(rota.read).length;
}

function pathOf(data: string, vault: string): string {
  return keepPath(data, "rota", `${vault}.json`);
}
