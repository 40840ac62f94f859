/**
 * What the maintenance identity would remove, and why everything else stays. Reads only. In every
 * doubt nothing goes: space can be bought, a backup cannot.
 */
import { isAppError } from "#domain/errors.ts";
import type { MaintainerConfig } from "../config/maintainer.ts";
import type { Vault } from "../vault/vault.ts";
import { damagedBackups } from "./damaged.ts";
import { keptJobs } from "./kept-jobs.ts";
import { type Known, readKnown } from "./known-backups.ts";
import { orphansOf } from "./orphans.ts";
import { type Candidate, clockIsDoubtful, judge, SKEW_MAX_MS, type Stays } from "./retention.ts";
import { runningJobs } from "./running-jobs.ts";
import {
  type OwnedBackup,
  readContents,
  type Signer,
  type VaultContents,
} from "./vault-contents.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Everything retention may touch, made once; tests make their own. */
export interface Maintenance {
  readonly config: MaintainerConfig;
  readonly signers: readonly Signer[];
  readonly vault: (alias: string) => Vault;
  /** The portal's clock; null where it cannot be asked or none is configured. */
  readonly portalTime: () => Promise<Date | null>;
  readonly now: () => Date;
  readonly log: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
}

export interface PlannedBackup {
  readonly backup: OwnedBackup;
  /** Empty: it goes. */
  readonly stays: readonly (Stays | "no_rule" | "doubt")[];
}

export interface PlannedOrphan {
  readonly object: string;
  readonly storedAt: string;
  /** False where it was seen for the first time: only one that is still there a day later goes. */
  readonly goes: boolean;
}

export type Doubt =
  /** This clock is far off the portal's or the newest backup's. */
  | { readonly why: "clock" }
  /** The vault could not be listed; `code` of the error table. */
  | { readonly why: "listing"; readonly code: string }
  /** The vault lists no backup at all. */
  | { readonly why: "empty" }
  /** Backups that were there are not, and this identity has not removed them. */
  | { readonly why: "lost"; readonly backups: readonly string[] };

export interface VaultPlan {
  readonly vault: string;
  readonly backups: readonly PlannedBackup[];
  readonly orphans: readonly PlannedOrphan[];
  /** While there is one nothing of this vault goes. */
  readonly doubts: readonly Doubt[];
  readonly unknownManifests: number;
  /** Streams that manifests of strangers name: never removed. */
  readonly claimedByUnknown: ReadonlySet<string>;
}

const NOTHING = {
  backups: [],
  orphans: [],
  unknownManifests: 0,
  claimedByUnknown: new Set<string>(),
};

/** What stands in an agent's own folder, where this identity may read it. */
interface AgentNotes {
  readonly damaged: ReadonlySet<string>;
  readonly running: ReadonlySet<string>;
  /** Restores whose kept copy is still there; null where nobody can tell. */
  readonly kept: ReadonlySet<string> | null;
}

export async function planRetention(m: Maintenance): Promise<readonly VaultPlan[]> {
  const now = m.now();
  const listed = new Map<string, VaultContents | string>();
  for (const { alias } of m.config.vaults) {
    listed.set(alias, await contentsOf(m, alias));
  }
  const newest = [...listed.values()]
    .flatMap((found) => (typeof found === "string" ? [] : found.backups))
    .map(({ manifest }) => manifest.finishedAt)
    .sort((one, other) => Date.parse(one) - Date.parse(other))
    .at(-1);
  const isDoubtful = clockIsDoubtful(now, newest ?? null, await m.portalTime());
  const notes = await notesOf(m.config);
  const plans: VaultPlan[] = [];
  for (const [vault, found] of listed) {
    const doubts: Doubt[] = isDoubtful ? [{ why: "clock" }] : [];
    if (typeof found === "string") {
      doubts.push({ why: "listing", code: found });
      plans.push({ ...NOTHING, vault, doubts });
      continue;
    }
    const known = await readKnown(m.config.data, vault);
    plans.push(planVault(m.config, vault, found, known, notes, doubts, now));
  }
  return plans;
}

function planVault(
  config: MaintainerConfig,
  vault: string,
  contents: VaultContents,
  known: Known,
  notes: ReadonlyMap<string, AgentNotes>,
  doubts: readonly Doubt[],
  now: Date,
): VaultPlan {
  const present = new Set(contents.backups.map(({ manifest }) => manifest.id));
  const lost = known.backups.filter((one) => !one.isLeaving && !present.has(one.id));
  const all = [...doubts];
  if (lost.length > 0) all.push({ why: "lost", backups: lost.map(({ id }) => id) });
  if (contents.backups.length === 0) all.push({ why: "empty" });
  const backups = judged(config, contents, notes, now);
  const running = new Set([...notes.values()].flatMap((note) => [...note.running]));
  // What a manifest once named is no orphan, whatever the store lists today.
  const once = new Set(known.backups.map(({ object }) => object));
  const orphans = orphansOf(contents, running, now)
    .filter(({ object }) => !once.has(object))
    .map(({ object, storedAt }) => ({
      object,
      storedAt,
      goes: now.getTime() - Date.parse(known.orphans[object] ?? "") >= DAY_MS,
    }));
  return {
    vault,
    backups: all.length === 0 ? backups : backups.map(held),
    orphans: all.length === 0 ? orphans : orphans.map((orphan) => ({ ...orphan, goes: false })),
    doubts: all,
    unknownManifests: contents.unknownManifests,
    claimedByUnknown: contents.claimedByUnknown,
  };
}

/** In doubt even what no rule keeps stays; the doubt itself is told beside. */
function held(planned: PlannedBackup): PlannedBackup {
  return planned.stays.length > 0 ? planned : { ...planned, stays: ["doubt"] };
}

/** By the rule of each agent and target; an agent's manifests say nothing of another's backups. */
function judged(
  config: MaintainerConfig,
  contents: VaultContents,
  notes: ReadonlyMap<string, AgentNotes>,
  now: Date,
): readonly PlannedBackup[] {
  const stored = new Map(contents.streams.map((stream) => [stream.object, stream.storedAt]));
  const planned: PlannedBackup[] = [];
  const groups = Map.groupBy(
    contents.backups,
    ({ signer, manifest }) => `${signer}\n${manifest.alias}`,
  );
  for (const [group, backups] of groups) {
    const rule = config.sasaran.find(({ agen, alias }) => `${agen}\n${alias}` === group);
    if (!rule) {
      planned.push(...backups.map((backup) => ({ backup, stays: ["no_rule" as const] })));
      continue;
    }
    const note = notes.get(rule.agen);
    const candidates = backups.map((backup) => candidateOf(backup, stored, note));
    const verdicts = new Map(
      judge(candidates, { ...rule.retensi, zona: rule.zona }, now).map((one) => [one.id, one]),
    );
    for (const backup of backups) {
      planned.push({ backup, stays: verdicts.get(backup.manifest.id)?.stays ?? ["unusable"] });
    }
  }
  const at = ({ backup }: PlannedBackup): number => Date.parse(backup.manifest.finishedAt);
  return planned.sort(
    (one, other) =>
      one.backup.manifest.alias.localeCompare(other.backup.manifest.alias) || at(other) - at(one),
  );
}

function candidateOf(
  { manifest }: OwnedBackup,
  stored: ReadonlyMap<string, string>,
  note: AgentNotes | undefined,
): Candidate {
  const storedAt = stored.get(manifest.receipt.object);
  // Who took over an agent could date backups back to make the real ones of that time go.
  const isBackdated =
    storedAt !== undefined && Date.parse(storedAt) - Date.parse(manifest.finishedAt) > SKEW_MAX_MS;
  const isKept = manifest.job !== null && note?.kept?.has(manifest.job);
  return {
    id: manifest.id,
    finishedAt: manifest.finishedAt,
    purpose: manifest.purpose,
    isExternal: manifest.external !== null,
    isUsable: storedAt !== undefined && !isBackdated && !note?.damaged.has(manifest.id),
    keptCopy: note?.kept ? (isKept ? "there" : "gone") : "unknown",
  };
}

async function contentsOf(m: Maintenance, alias: string): Promise<VaultContents | string> {
  try {
    return await readContents(m.vault(alias), m.signers);
  } catch (error) {
    m.log("vault cannot be listed", { vault: alias, error: String(error) });
    return isAppError(error) ? error.code : "VAULT_UNREACHABLE";
  }
}

async function notesOf(config: MaintainerConfig): Promise<ReadonlyMap<string, AgentNotes>> {
  const notes = new Map<string, AgentNotes>();
  for (const { nama, data } of config.agen) {
    if (data === null) {
      notes.set(nama, { damaged: new Set(), running: new Set(), kept: null });
      continue;
    }
    notes.set(nama, {
      damaged: new Set((await damagedBackups(data)).keys()),
      running: await runningJobs(data),
      kept: await keptJobs(data),
    });
  }
  return notes;
}
