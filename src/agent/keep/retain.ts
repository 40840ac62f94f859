/** Carries a plan of retention out: the only place in Pulih that removes backups. */
import { type ErrorCode, isAppError } from "#domain/errors.ts";
import { type Known, readKnown, writeKnown } from "./known-backups.ts";
import type { Maintenance, PlannedBackup, VaultPlan } from "./plan-retention.ts";

export interface VaultOutcome {
  readonly vault: string;
  readonly removed: readonly string[];
  readonly removedOrphans: readonly string[];
  /**
   * Targets of which nothing was removed because their newest backup did not read back: what cannot
   * be read must not be all that is left.
   */
  readonly unreadable: readonly {
    readonly agent: string;
    readonly alias: string;
    readonly code: string;
  }[];
  readonly error: ErrorCode | null;
}

/** One vault after the other; a failure at one leaves the others their turn. */
export async function retain(
  m: Maintenance,
  plans: readonly VaultPlan[],
): Promise<readonly VaultOutcome[]> {
  const outcomes: VaultOutcome[] = [];
  for (const plan of plans) outcomes.push(await retainVault(m, plan));
  return outcomes;
}

async function retainVault(m: Maintenance, plan: VaultPlan): Promise<VaultOutcome> {
  const { vault } = plan;
  const nothing = { vault, removed: [], removedOrphans: [], unreadable: [], error: null };
  if (plan.doubts.length > 0) return nothing;
  try {
    // Also shows that it is the store that was seen before, not another one in its place.
    await m.vault(vault).prepare();
    const { going, unreadable } = await withReadableRest(m, plan);
    const orphans = plan.orphans.filter(({ goes }) => goes).map(({ object }) => object);
    const known = await seen(m, plan, going);
    await writeKnown(m.config.data, vault, known);
    const { ids, objects } = whatGoes(plan, going);
    if (ids.length + orphans.length > 0) {
      await m.vault(vault).remove({ backupIds: ids, objects: [...objects, ...orphans] });
    }
    await writeKnown(m.config.data, vault, {
      ...known,
      backups: known.backups.filter(({ isLeaving }) => !isLeaving),
    });
    return { ...nothing, removed: ids, removedOrphans: orphans, unreadable };
  } catch (error) {
    m.log("retention of a vault failed", { vault, error: String(error) });
    return { ...nothing, error: isAppError(error) ? error.code : "INTERNAL" };
  }
}

/** An agent that names another's backup or stream in its own manifests does not make them go. */
function whatGoes(
  plan: VaultPlan,
  going: readonly PlannedBackup[],
): { readonly ids: readonly string[]; readonly objects: readonly string[] } {
  const staying = plan.backups.filter((planned) => !going.includes(planned));
  const stayingIds = new Set(staying.map(({ backup }) => backup.manifest.id));
  const stillNamed = new Set([
    ...staying.map(({ backup }) => backup.manifest.receipt.object),
    ...plan.claimedByUnknown,
  ]);
  const manifests = going
    .map(({ backup }) => backup.manifest)
    .filter(({ id }) => !stayingIds.has(id));
  return {
    ids: [...new Set(manifests.map(({ id }) => id))],
    objects: [...new Set(manifests.map(({ receipt }) => receipt.object))].filter(
      (object) => !stillNamed.has(object),
    ),
  };
}

/** Before anything of a target goes, its newest usable backup is read back whole. */
async function withReadableRest(
  m: Maintenance,
  plan: VaultPlan,
): Promise<Pick<VaultOutcome, "unreadable"> & { going: PlannedBackup[] }> {
  const going: PlannedBackup[] = [];
  const unreadable: { agent: string; alias: string; code: string }[] = [];
  const groups = Map.groupBy(
    plan.backups,
    ({ backup }) => `${backup.signer}\n${backup.manifest.alias}`,
  );
  for (const backups of groups.values()) {
    const leaving = backups.filter(({ stays }) => stays.length === 0);
    const newest = backups.find(({ stays }) => stays.includes("newest"))?.backup;
    if (leaving.length === 0 || !newest) continue;
    const { receipt, alias } = newest.manifest;
    const { code } = await m
      .vault(plan.vault)
      .verify(receipt)
      .then(
        ({ bytes }) => ({ code: bytes === receipt.bytes ? null : "VAULT_CORRUPT" }),
        (error: unknown) => ({ code: isAppError(error) ? error.code : "INTERNAL" }),
      );
    if (code === null) going.push(...leaving);
    else unreadable.push({ agent: newest.signer, alias, code });
  }
  return { going, unreadable };
}

async function seen(
  m: Maintenance,
  plan: VaultPlan,
  going: readonly PlannedBackup[],
): Promise<Known> {
  const before = await readKnown(m.config.data, plan.vault);
  const leaving = new Set(going.map(({ backup }) => backup.manifest.id));
  const now = m.now().toISOString();
  return {
    v: 1,
    backups: plan.backups.map(({ backup: { manifest } }) => ({
      id: manifest.id,
      object: manifest.receipt.object,
      isLeaving: leaving.has(manifest.id),
    })),
    orphans: Object.fromEntries(
      plan.orphans
        .filter(({ goes }) => !goes)
        .map(({ object }) => [object, before.orphans[object] ?? now]),
    ),
  };
}

/** The operator knows of what is lost: the rest is judged without it from the next run on. */
export async function acceptLost(m: Maintenance, plans: readonly VaultPlan[]): Promise<void> {
  for (const { vault, doubts } of plans) {
    const lost = new Set(doubts.flatMap((doubt) => (doubt.why === "lost" ? doubt.backups : [])));
    if (lost.size === 0) continue;
    const known = await readKnown(m.config.data, vault);
    await writeKnown(m.config.data, vault, {
      ...known,
      backups: known.backups.filter(({ id }) => !lost.has(id)),
    });
  }
}
