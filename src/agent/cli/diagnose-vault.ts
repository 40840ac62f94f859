import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import { isAppError } from "#domain/errors.ts";
import { bytesText, dateText } from "#domain/indonesian.ts";
import type { VaultConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import { type BrokenChain, brokenChains } from "../keep/chain.ts";
import { damagedBackups } from "../keep/damaged.ts";
import { fullDates, isFullSoon } from "../keep/forecast.ts";
import { orphansOf } from "../keep/orphans.ts";
import { damagedVaults } from "../keep/read-rota.ts";
import { runningJobs } from "../keep/running-jobs.ts";
import { staleLocks } from "../keep/stale-locks.ts";
import {
  type OwnedBackup,
  readContents,
  type Signer,
  type VaultContents,
} from "../keep/vault-contents.ts";
import { localHost } from "../process/local.ts";
import { resticVersion } from "../vault/restic-version.ts";
import { SPACE_FACTOR } from "./diagnose-target.ts";
import { bad, type Finding, failed, good } from "./finding.ts";
import { momentText } from "./words.ts";

export interface VaultLook {
  readonly config: VaultConfig;
  /** Null where it could not be listed, or nothing was ever stored there. */
  readonly contents: VaultContents | null;
  readonly finding: Finding;
}

/** Reachability, key and content of a vault; makes nothing there. */
export async function lookAtVault(
  ctx: AgentContext,
  config: VaultConfig,
  signer: Signer,
): Promise<VaultLook> {
  const about = `tempat cadangan ${config.alias}`;
  try {
    if (config.jenis === "restic") {
      await using host = localHost();
      await resticVersion(host);
    }
    const contents = await readContents(ctx.vault(config.alias), [signer]);
    await assertOpens(ctx, config);
    const count = `${contents.backups.length} cadangan agen ini`;
    return { config, contents, finding: good(about, `terbaca, ${count}`) };
  } catch (error) {
    if (await isUnused(ctx, config, error)) {
      const what = "belum pernah dipakai; disiapkan saat pencadangan pertama";
      return { config, contents: null, finding: good(about, what) };
    }
    return { config, contents: null, finding: failed(about, error) };
  }
}

/** What is wrong with a vault that can be read. */
export async function diagnoseVault(
  ctx: AgentContext,
  { config, contents }: VaultLook,
  neededBytes: number,
): Promise<Finding[]> {
  if (contents === null) return [];
  const about = `tempat cadangan ${config.alias}`;
  const now = ctx.now();
  const findings: Finding[] = [];
  const free = await ctx
    .vault(config.alias)
    .freeBytes()
    .catch(() => null);
  if (free !== null && free < neededBytes * SPACE_FACTOR) {
    const what = `ruang kosong ${bytesText(free)}, cadangan berikutnya sekitar ${bytesText(neededBytes)}`;
    findings.push(bad(about, what, "tambah ruang di tempat cadangan"));
  }
  const full = (await fullDates(ctx.config)).get(config.alias);
  if (full && isFullSoon(full, now)) {
    findings.push(
      bad(
        about,
        `diperkirakan penuh pada ${dateText(full.toISOString().slice(0, 10))}`,
        "tambah ruang, atau jalankan pulih-agent retain dengan identitas pemelihara",
      ),
    );
  }
  await using host = localHost();
  for (const { host: holder, pid, since } of await staleLocks(config, host, ctx.config.data, now)) {
    findings.push(
      bad(
        about,
        `kunci restic tertinggal dari proses ${pid} di ${holder} sejak ${momentText(since)}`,
        "jalankan restic unlock (bukan --remove-all) di server itu; pencadangan berikutnya juga melepas kunci proses mati di server agen",
      ),
    );
  }
  const orphans = orphansOf(contents, await runningJobs(ctx.config.data), now);
  if (orphans.length > 0) {
    findings.push(
      bad(
        about,
        `${orphans.length} aliran tanpa manifes lebih tua dari sehari, sisa pencadangan yang terputus`,
        "tidak berbahaya; dihapus oleh pulih-agent retain dengan identitas pemelihara",
      ),
    );
  }
  if (contents.unreadableManifests > 0) {
    findings.push(
      bad(
        about,
        `${contents.unreadableManifests} manifes tidak terbaca; aliran tanpa manifes tidak dihapus selama itu`,
        "periksa media tempat cadangan; manifes itu tidak dapat dipakai lagi, cadangan lain tetap dapat",
      ),
    );
  }
  const damaged = [...(await damagedBackups(ctx.config.data)).values()].filter(
    ({ vault }) => vault === config.alias,
  );
  if (damaged.length > 0 || (await damagedVaults(ctx.config)).has(config.alias)) {
    const names = damaged.map(({ backup, alias }) => `${backup} (${alias})`).join(", ");
    findings.push(
      bad(
        about,
        `ada bagian yang rusak; cadangan yang kena: ${names || "tidak ada"}`,
        "buat cadangan baru sekarang, lalu periksa media tempat cadangan",
      ),
    );
  }
  return findings;
}

/** A store that was swapped, emptied or put back to an older state. */
export async function diagnoseChains(
  ctx: AgentContext,
  looks: readonly VaultLook[],
): Promise<Finding[]> {
  const read = looks.filter(({ contents }) => contents !== null);
  const broken: readonly BrokenChain[] = await brokenChains(
    ctx,
    {
      vaults: new Set(read.map(({ config }) => config.alias)),
      backups: read.flatMap(({ contents }): readonly OwnedBackup[] => contents?.backups ?? []),
    },
    ctx.now(),
    { remember: false },
  );
  return broken.map(({ alias, vault, lost }) => {
    const which = lost.map(({ backup, finishedAt }) => `${backup} (${momentText(finishedAt)})`);
    return bad(
      `tempat cadangan ${vault}`,
      `${lost.length} cadangan ${alias} hilang: ${which.slice(0, 5).join(", ")}`,
      `pastikan media yang benar terpasang dan tidak dikembalikan ke keadaan lama; cari tahu siapa yang menghapus. Bila memang sudah diketahui, hapus keep/chain/${alias}.json di folder data agen`,
    );
  });
}

/** Listing needs no key in every vault; opening an object that cannot exist does. */
async function assertOpens(ctx: AgentContext, config: VaultConfig): Promise<void> {
  const vault = ctx.vault(config.alias);
  if (vault.kind !== "objects") return;
  try {
    const reader = await vault.get({
      vault: config.alias,
      kind: "objects",
      object: "0".repeat(32),
      bytes: 1,
      sha256: null,
      storedBytes: 0,
    });
    reader.done.catch(() => undefined);
    await reader.close();
  } catch (error) {
    if (!isAppError(error) || error.code !== "VAULT_BACKUP_UNKNOWN") throw error;
  }
}

/** Never used by this agent, and on this host there is nothing in its place that could be in the way. */
async function isUnused(ctx: AgentContext, config: VaultConfig, error: unknown): Promise<boolean> {
  if (!isAppError(error) || error.code !== "VAULT_UNREACHABLE") return false;
  const place = config.jenis === "restic" ? config.repositori : "";
  const path = config.jenis === "objects" ? config.direktori : place;
  if (!path.startsWith("/")) return false;
  const isPinned = await access(join(ctx.config.data, "vaults", `${config.alias}.id`)).then(
    () => true,
    () => false,
  );
  const found = await stat(path).catch((missing: NodeJS.ErrnoException) => missing.code);
  return !isPinned && (found === "ENOENT" || (typeof found === "object" && found.isDirectory()));
}
