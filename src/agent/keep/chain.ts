/**
 * Every manifest names the one before it of the same target. The agent remembers the chain on its own
 * disk, so that a store that was put back to an older state, or that lost backups, is noticed: what
 * the operator's rule keeps must be there.
 */
import { z } from "zod";
import type { VerifiedBackup } from "../backup/open-manifest.ts";
import type { RetentionConfig } from "../config/care.ts";
import type { TargetConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import { judge } from "./retention.ts";
import { keepPath, readKept, writeKept } from "./state-file.ts";

const CLOCK_MARGIN_MS = 60 * 60 * 1000;

const Link = z.strictObject({
  backup: z.string().min(1),
  /** SHA-256 of the manifest's payload. */
  manifest: z.string().length(64),
  vault: z.string().min(1),
  purpose: z.enum(["backup", "safety"]),
  isExternal: z.boolean(),
  finishedAt: z.iso.datetime(),
});
type Link = z.infer<typeof Link>;
/** Newest last. */
const Chain = z.strictObject({ v: z.literal(1), links: z.array(Link) });

const BrokenChain = z.strictObject({
  alias: z.string().min(1),
  vault: z.string().min(1),
  /** Backups this agent made that should be there and are not, oldest first. */
  lost: z.array(z.strictObject({ backup: z.string().min(1), finishedAt: z.iso.datetime() })),
});
export type BrokenChain = z.infer<typeof BrokenChain>;
const Broken = z.strictObject({ v: z.literal(1), chains: z.array(BrokenChain) });

/** What the next manifest of a target names as `previous`; null for the first. */
export async function previousManifest(data: string, alias: string): Promise<string | null> {
  const links = await readLinks(data, alias);
  return links.at(-1)?.manifest ?? null;
}

/** Call when a manifest was stored. A crash before it only leaves the chain one link shorter. */
export async function rememberManifest(data: string, backup: VerifiedBackup): Promise<void> {
  const { alias } = backup.manifest;
  await writeLinks(data, alias, [...(await readLinks(data, alias)), linkOf(backup)]);
}

/**
 * Compares what this agent remembers with what the vaults hold. `offered` is the list of all verified
 * backups, the damaged ones included; a vault that could not be listed must not be in `vaults`.
 * Backups the agent does not remember (its folder was made anew) are remembered from here on.
 */
export async function brokenChains(
  ctx: Pick<AgentContext, "config">,
  listed: { readonly vaults: ReadonlySet<string>; readonly backups: readonly VerifiedBackup[] },
  now: Date,
  options: { readonly remember: boolean } = { remember: true },
): Promise<BrokenChain[]> {
  const { data, targets } = ctx.config;
  const broken: BrokenChain[] = [];
  for (const target of targets) {
    const here = listed.backups.filter(({ manifest }) => manifest.alias === target.alias);
    const present = new Set(here.map(({ manifest }) => manifest.id));
    const links = await readLinks(data, target.alias);
    const known = new Set(links.map(({ backup }) => backup));
    const all = [...links, ...here.filter((one) => !known.has(one.manifest.id)).map(linkOf)].sort(
      (one, other) => Date.parse(one.finishedAt) - Date.parse(other.finishedAt),
    );
    const expected = expectedOf(target, all, now);
    const isAway = (link: Link): boolean => !present.has(link.backup);
    const lost = all.filter(
      (link) => expected.has(link.backup) && isAway(link) && listed.vaults.has(link.vault),
    );
    // Those that had leave to go, and went, are forgotten.
    const rest = all.filter((link) => expected.has(link.backup) || !isAway(link));
    const isChanged = JSON.stringify(rest) !== JSON.stringify(links);
    if (options.remember && isChanged) await writeLinks(data, target.alias, rest);
    for (const vault of new Set(lost.map((link) => link.vault))) {
      const ofVault = lost.filter((link) => link.vault === vault);
      broken.push({
        alias: target.alias,
        vault,
        lost: ofVault.map(({ backup, finishedAt }) => ({ backup, finishedAt })),
      });
    }
  }
  return broken;
}

/** What was broken when the vaults were looked at last. */
export async function knownBroken(data: string): Promise<readonly BrokenChain[]> {
  return (await readKept(keepPath(data, "broken.json"), Broken))?.chains ?? [];
}

/** Of vaults that could not be looked at, what was known before stays. */
export async function rememberBroken(
  data: string,
  broken: readonly BrokenChain[],
  looked: ReadonlySet<string>,
): Promise<void> {
  const before = (await knownBroken(data)).filter(({ vault }) => !looked.has(vault));
  await writeKept(keepPath(data, "broken.json"), { v: 1, chains: [...before, ...broken] });
}

/** Without a rule nobody told this agent what may go: only the newest must be there. */
const ONLY_NEWEST: RetentionConfig = {
  terakhir: 1,
  harian: 0,
  mingguan: 0,
  bulanan: 0,
  tahunan: 0,
  minimalHari: 1,
};

function expectedOf(target: TargetConfig, links: readonly Link[], now: Date): ReadonlySet<string> {
  const rule = { ...(target.retensi ?? ONLY_NEWEST), zona: target.jadwal?.zona ?? "Asia/Jakarta" };
  const candidates = links.map((link) => ({
    id: link.backup,
    finishedAt: link.finishedAt,
    purpose: link.purpose,
    isExternal: false,
    isUsable: true,
    // The other identity may know that the kept copy is gone.
    keptCopy: "gone" as const,
  }));
  // The other identity's clock may be a little ahead.
  const later = new Date(now.getTime() + CLOCK_MARGIN_MS);
  const verdicts = judge(candidates, rule, later).filter(({ stays }) => stays.length > 0);
  const stays = new Set(verdicts.map(({ id }) => id));
  const newest = links.at(-1)?.backup;
  return new Set(
    links
      // What the engine's own tool expires goes by that tool's rule.
      .filter((link) => (link.isExternal ? link.backup === newest : true))
      .filter((link) => stays.has(link.backup))
      .map(({ backup }) => backup),
  );
}

function linkOf({ manifest, summary }: VerifiedBackup): Link {
  return {
    backup: manifest.id,
    manifest: summary.manifest,
    vault: manifest.receipt.vault,
    purpose: manifest.purpose,
    isExternal: manifest.external !== null,
    finishedAt: manifest.finishedAt,
  };
}

async function readLinks(data: string, alias: string): Promise<readonly Link[]> {
  return (await readKept(pathOf(data, alias), Chain))?.links ?? [];
}

function writeLinks(data: string, alias: string, links: readonly Link[]): Promise<void> {
  return writeKept(pathOf(data, alias), { v: 1, links });
}

function pathOf(data: string, alias: string): string {
  return keepPath(data, "chain", `${alias}.json`);
}
