/**
 * What a restore would do, told before anybody approves it: the backup is restored beside the live
 * data, proved, compared with them row by row, and dropped again. The live data are only read.
 * Journalled, so that what a kill leaves is dropped at the next start.
 */
import { isAppError } from "#domain/errors.ts";
import type { ContentDigest } from "#protocol/manifest.ts";
import {
  type DefinitionChange,
  PREVIEW_UNITS_MAX,
  type Preview,
  type TargetResult,
} from "#protocol/v1.ts";
import { assertNotCancelled } from "../backup/cancellation.ts";
import type { AgentContext, Work } from "../context.ts";
import type { UnitChange } from "../engines/engine.ts";
import { judgeRestore, type RestorePart } from "./judge-restore.ts";
import { loadSide } from "./load-side.ts";
import { LOADING, tell, tellLoading } from "./parts.ts";
import { planRestore, type RestoreRequest } from "./plan-restore.ts";
import { proveCopy } from "./prove-copy.ts";
import { beginRestoreJournal, type RestoreJournal } from "./restore-journal.ts";
import { sideNames } from "./side-names.ts";
import { forEachTarget } from "./undo-restore.ts";
import { withTarget } from "./with-target.ts";

const UNIT_NAME_MAX = 300;

export async function runPreview(
  ctx: AgentContext,
  work: Work,
  request: RestoreRequest,
): Promise<TargetResult[]> {
  const planned = await planRestore(ctx, request);
  const names = sideNames(request.job);
  await using stack = new AsyncDisposableStack();
  const parts = await judgeRestore(ctx, work, planned, names, stack, "preview");
  const journal = await beginRestoreJournal(ctx.config.data, {
    step: "begin",
    at: ctx.now().toISOString(),
    job: request.job,
    action: "preview",
    request: request.request ?? null,
    targets: parts.map(({ target, backup, live }) => ({
      alias: target.alias,
      engine: target.engine,
      backup: backup.manifest.id,
      liveWasAbsent: live === "absent",
    })),
  });
  stack.defer(() => journal.close());
  const results: TargetResult[] = [];
  try {
    // One after the other, so that there is need of room for one copy only.
    for (const part of parts) results.push(await previewOne(ctx, work, part, journal));
    const identities = parts.map(({ target, identity }) => ({ alias: target.alias, identity }));
    await journal.append({ step: "seen", at: ctx.now().toISOString(), identities });
    await journal.append({ step: "committed", at: ctx.now().toISOString(), results });
  } catch (error) {
    await dropSides(
      ctx,
      request.job,
      parts.map(({ target }) => target.alias),
    );
    await journal.append({ step: "end", at: ctx.now().toISOString(), data: "old" });
    assertNotCancelled(work.signal, error);
    throw error;
  }
  await journal.append({ step: "end", at: ctx.now().toISOString(), data: "new" });
  return results;
}

/** Removes the side copies of a preview. Idempotent. */
export function dropSides(
  ctx: AgentContext,
  job: string,
  aliases: readonly string[],
): Promise<void> {
  const targets = aliases.map((alias) => ({ alias }));
  return forEachTarget(ctx, targets, "side copy could not be dropped", ({ alias }) =>
    withTarget(ctx, alias, (target, engine, io) => engine.dropSide(target, sideNames(job), io)),
  );
}

async function previewOne(
  ctx: AgentContext,
  work: Work,
  part: RestorePart,
  journal: RestoreJournal,
): Promise<TargetResult> {
  const { target, engine, backup, names, io } = part;
  const { alias } = target;
  assertNotCancelled(work.signal);
  tell(work, part, "side", LOADING);
  await journal.append({ step: "side", at: ctx.now().toISOString(), alias });
  await loadSide(ctx, part, names, io, tellLoading(work, part, backup.manifest));
  assertNotCancelled(work.signal);
  tell(work, part, "verify", "Membandingkan salinan samping dengan isi cadangan.");
  await proveCopy(ctx, target, engine, names, backup.manifest, io);
  assertNotCancelled(work.signal);
  tell(work, part, "compare", "Membandingkan salinan samping dengan data yang sekarang dipakai.");
  const preview = await compared(ctx, work, part);
  tell(work, part, "drop", "Menghapus salinan samping.");
  await engine.dropSide(target, names, io);
  tell(work, part, "done", "Pratinjau selesai. Data yang dipakai tidak berubah.");
  return {
    ...{ alias, engine: target.engine, backup: backup.summary },
    ...{ restore: null, check: null, preview, followUp: null },
  };
}

async function compared(ctx: AgentContext, work: Work, part: RestorePart): Promise<Preview> {
  const { target, engine, names, io, live, backup } = part;
  const { content } = backup.manifest;
  if (live === "absent") {
    const added = content.entries.reduce((sum, entry) => sum + entry.count, 0);
    const filled = content.entries.filter((entry) => entry.count > 0).length;
    return { ...NOTHING_SEEN, live, total: { added, changed: 0, lost: 0 }, changedUnits: filled };
  }
  if (live === "unreadable") return { ...NOTHING_SEEN, live };
  try {
    const before = await engine.digest(target, "live", names, io);
    const changes = await engine.compare(target, names, io);
    return previewOf(before, content, changes);
  } catch (error) {
    assertNotCancelled(work.signal, error);
    if (!isAppError(error)) throw error;
    // The side copy was read whole a moment ago, so it is the live one that cannot be.
    ctx.log("live target cannot be compared", { alias: target.alias, code: error.code });
    return { ...NOTHING_SEEN, live: "unreadable" };
  }
}

const NOTHING_SEEN = {
  units: [],
  total: { added: 0, changed: 0, lost: 0 },
  changedUnits: 0,
  equalUnits: 0,
  objects: [],
  definitions: [],
  changedDefinitions: 0,
};

/** Those that lose most come first: that is what whoever approves must see. */
export function previewOf(
  live: ContentDigest,
  backup: ContentDigest,
  changes: readonly UnitChange[],
): Preview {
  const ofRows = changes.filter(({ kind }) => kind === undefined);
  const definitions = definitionsIn(changes);
  const units = ofRows
    .map((change) => ({ ...change, name: shownName(change.name) }))
    .sort(
      (one, other) =>
        other.lost - one.lost ||
        other.changed - one.changed ||
        other.added - one.added ||
        (one.name < other.name ? -1 : 1),
    );
  const sum = (kind: "added" | "changed" | "lost") =>
    ofRows.reduce((total, change) => total + change[kind], 0);
  const mine = new Map(live.entries.map(({ name, digest, count }) => [name, `${count} ${digest}`]));
  const kinds = [...new Set([...Object.keys(live.inventory), ...Object.keys(backup.inventory)])];
  return {
    live: "present",
    units: units.slice(0, PREVIEW_UNITS_MAX),
    total: { added: sum("added"), changed: sum("changed"), lost: sum("lost") },
    changedUnits: units.length,
    equalUnits: backup.entries.filter(
      ({ name, digest, count }) => mine.get(name) === `${count} ${digest}`,
    ).length,
    objects: kinds
      .sort()
      .map((kind) => ({
        kind,
        before: live.inventory[kind] ?? 0,
        after: backup.inventory[kind] ?? 0,
      }))
      .filter(({ before, after }) => before !== after),
    definitions: definitions.slice(0, PREVIEW_UNITS_MAX),
    changedDefinitions: definitions.length,
  };
}

const LOST_FIRST = ["lost", "changed", "added"] as const;

function definitionsIn(changes: readonly UnitChange[]): DefinitionChange[] {
  const found = changes.flatMap(({ kind, name, ...counts }) => {
    const change = LOST_FIRST.find((one) => counts[one] > 0);
    return kind === undefined || change === undefined
      ? []
      : [{ kind, name: shownName(name), change }];
  });
  const place = ({ kind, name, change }: DefinitionChange) =>
    `${LOST_FIRST.indexOf(change)} ${kind} ${name}`;
  return found.sort((one, other) => (place(one) < place(other) ? -1 : 1));
}

/** SQLite knows tables without a name; a name of a kilobyte says no more than its beginning. */
function shownName(name: string): string {
  return name === "" ? "(tanpa nama)" : name.slice(0, UNIT_NAME_MAX);
}
