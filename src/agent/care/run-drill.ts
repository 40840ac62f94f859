import { AppError, type ErrorCode, isAppError } from "#domain/errors.ts";
import { canonicalJson, type Json, utf8 } from "#domain/trust/canonical.ts";
import { type Envelope, signEnvelope } from "#domain/trust/dsse.ts";
import { DRILL_TYPE, DrillRecord, type ProofLevel } from "#protocol/manifest.ts";
import type { ProgressPhase } from "#protocol/v1.ts";
import { assertNotCancelled } from "../backup/cancellation.ts";
import { listStored } from "../backup/list-backups.ts";
import type { VerifiedBackup } from "../backup/open-manifest.ts";
import type { TargetConfig } from "../config.ts";
import { type AgentContext, targetOf, type Work } from "../context.ts";
import type { EngineIo } from "../engines/engine.ts";
import { damagedBackups, markDamaged } from "../keep/damaged.ts";
import { loadSide } from "../restore/load-side.ts";
import { proveCopy } from "../restore/prove-copy.ts";
import { sideNames } from "../restore/side-names.ts";
import { clearDrills } from "./clear-drills.ts";
import { keepRecord, noteBegun } from "./drill-store.ts";

/** Room for the copy with some to spare; indexes are rebuilt and may take more than they did. */
const SPACE_FACTOR = 1.2;

/**
 * Failures that say nothing about the backup: it was not tried, so there is no record of it. The
 * caller tells them as its own failure.
 */
const NOT_TRIED: readonly ErrorCode[] = [
  "JOB_CANCELLED",
  "VAULT_LOCKED",
  "VAULT_UNREACHABLE",
  "VAULT_CREDENTIALS",
  "VAULT_TOOL_MISSING",
  "ENGINE_CONNECT",
  "ENGINE_TOOL_MISSING",
  "SSH_CONNECT",
  "SSH_HOST_KEY",
  "INTERNAL",
];

export interface Drill {
  readonly record: DrillRecord;
  readonly envelope: Envelope;
}

export interface DrillChoice {
  /** The newest by default. */
  readonly backup?: string;
  /** As the target's own config says by default. */
  readonly verification?: TargetConfig["verifikasi"];
}

/**
 * Restores a backup beside the live data, proves the copy, drops it again, and keeps a signed record
 * of what was found. The live data are not touched, not even read; they may be gone. The caller
 * holds the target's lock.
 */
export async function runDrill(
  ctx: AgentContext,
  work: Work,
  alias: string,
  choice: DrillChoice = {},
): Promise<Drill> {
  const configured = targetOf(ctx.config, alias);
  if (!configured) {
    throw new AppError("WORKFLOW_TARGET", "alias is not in the config", { detail: { alias } });
  }
  const verification = choice.verification ?? configured.verifikasi;
  const target: TargetConfig = { ...configured, verifikasi: verification };
  const backup = await chosen(ctx, target, choice.backup);
  await clearDrills(ctx, alias);
  const id = ctx.newId();
  const startedAt = ctx.now().toISOString();
  const wanted: ProofLevel =
    verification.pertanyaan.length > 0 ? "L5" : verification.fisik ? "L4" : "L3";
  let level: ProofLevel = wanted;
  let error: ErrorCode | null = null;
  try {
    level = await proveBeside(ctx, work, target, backup, id);
  } catch (caught) {
    assertNotCancelled(work.signal, caught);
    error = isAppError(caught) ? caught.code : "INTERNAL";
    if (NOT_TRIED.includes(error)) throw caught;
    ctx.log("drill failed", { alias, backup: backup.manifest.id, code: error });
    if (error === "VAULT_CORRUPT") await neverOffer(ctx, backup);
  }
  const { manifest, summary } = backup;
  const { entries } = manifest.content;
  const ok = error === null;
  const record = DrillRecord.parse({
    v: 1,
    id,
    agent: ctx.key.id,
    alias,
    engine: target.engine,
    backup: manifest.id,
    manifest: summary.manifest,
    level,
    ok,
    error,
    bytes: summary.bytes,
    units: ok ? entries.length : 0,
    rows: ok ? entries.reduce((sum, entry) => sum + entry.count, 0) : 0,
    startedAt,
    finishedAt: ctx.now().toISOString(),
  } satisfies DrillRecord);
  const body = utf8(canonicalJson(record as unknown as Json));
  const envelope = await signEnvelope(ctx.key, DRILL_TYPE, body);
  await keepRecord(ctx.config.data, record, envelope);
  tell(work, alias, "done", ok ? "Uji pulih lulus." : "Uji pulih gagal.");
  return { record, envelope };
}

/** The newest one people make and rely on; a safety backup only where there is no other. */
async function chosen(
  ctx: AgentContext,
  target: TargetConfig,
  backupId: string | undefined,
): Promise<VerifiedBackup> {
  const stored = (await listStored(ctx, target.alias)).filter(
    ({ manifest }) => manifest.engine === target.engine,
  );
  const damaged = await damagedBackups(ctx.config.data);
  const usable = stored.filter(({ manifest }) => !damaged.has(manifest.id));
  const found =
    backupId === undefined
      ? (usable.find(({ manifest }) => manifest.purpose === "backup") ?? usable[0])
      : stored.find(({ manifest }) => manifest.id === backupId);
  if (found) return found;
  throw new AppError("VAULT_BACKUP_UNKNOWN", "no verified backup of this target", {
    detail: { alias: target.alias, backup: backupId },
  });
}

async function proveBeside(
  ctx: AgentContext,
  work: Work,
  target: TargetConfig,
  backup: VerifiedBackup,
  id: string,
): Promise<ProofLevel> {
  const { alias } = target;
  const engine = ctx.engine(target.engine);
  const names = sideNames(id);
  await using host = await ctx.openHost(target.tempat);
  const io: EngineIo = { host, signal: work.signal, now: ctx.now, log: ctx.log };
  tell(work, alias, "preflight", "Memeriksa apakah salinan samping dapat dibuat.");
  const { freeBytes } = await engine.preflight(target, backup.manifest, io);
  if (freeBytes !== null && freeBytes < backup.summary.bytes * SPACE_FACTOR) {
    throw new AppError("ENGINE_SPACE", "no room for a side copy", { detail: { alias } });
  }
  assertNotCancelled(work.signal);
  await noteBegun(ctx.config.data, { id, alias, at: ctx.now().toISOString() });
  try {
    tell(work, alias, "side", "Memulihkan cadangan ke salinan samping.");
    await loadSide(ctx, { target, engine, backup }, names, io);
    assertNotCancelled(work.signal);
    tell(work, alias, "verify", "Membuktikan isi salinan samping.");
    return await proveCopy(ctx, target, engine, names, backup.manifest, io);
  } finally {
    await clearDrills(ctx, alias);
  }
}

async function neverOffer(ctx: AgentContext, { manifest, summary }: VerifiedBackup): Promise<void> {
  const foundAt = ctx.now().toISOString();
  const { alias } = manifest;
  await markDamaged(ctx.config.data, { backup: manifest.id, alias, vault: summary.vault, foundAt });
}

function tell(work: Work, alias: string, phase: ProgressPhase, message: string): void {
  work.progress({ alias, phase, percent: null, bytes: null, message });
}
