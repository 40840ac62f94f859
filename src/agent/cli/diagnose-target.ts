import { bytesText } from "#domain/indonesian.ts";
import { ALERT_WORDS } from "#domain/job/alert-words.ts";
import type { Alert } from "#domain/job/care.ts";
import { careOf } from "../care/alerts.ts";
import { begunDrills } from "../care/drill-store.ts";
import { freshState, readState } from "../care/state.ts";
import type { TargetConfig } from "../config.ts";
import type { AgentContext } from "../context.ts";
import type { EngineIo, TargetFacts } from "../engines/engine.ts";
import type { OwnedBackup } from "../keep/vault-contents.ts";
import { keptCopies } from "../restore/kept-copies.ts";
import { unfinishedRestores } from "../restore/restore-journal.ts";
import { sideNames } from "../restore/side-names.ts";
import { bad, type Finding, failed, good } from "./finding.ts";

const TARGET_TIMEOUT_MS = 60_000;
/** Room for the next backup with some to spare. */
export const SPACE_FACTOR = 1.2;

export interface TargetDiagnosis {
  readonly findings: readonly Finding[];
  readonly facts: TargetFacts | null;
}

/**
 * Tools, versions, rights and room of a target, as its engine sees them; with a backup at hand also
 * whether that backup could be restored there. Reads only.
 */
export async function diagnoseTarget(
  ctx: AgentContext,
  target: TargetConfig,
  backups: readonly OwnedBackup[],
): Promise<TargetDiagnosis> {
  const about = `sasaran ${target.alias}`;
  try {
    await using host = await ctx.openHost(target.tempat);
    const io = { host, signal: AbortSignal.timeout(TARGET_TIMEOUT_MS), now: ctx.now, log: ctx.log };
    const facts = await ctx.engine(target.engine).inspect(target, io);
    const findings = [spaceOf(about, target, facts)];
    const preflight = await restorable(ctx, target, backups, io);
    if (preflight) findings.push(preflight);
    findings.push(...(await copiesOf(ctx, target, io)));
    return { facts, findings };
  } catch (error) {
    return { facts: null, findings: [failed(about, error)] };
  }
}

/** What the operator's own promises say of a target: schedule, RPO, proof. */
export async function diagnoseCare(
  ctx: AgentContext,
  target: TargetConfig,
  backups: readonly OwnedBackup[],
  ofVault: readonly Alert[],
): Promise<Finding[]> {
  const about = `perawatan ${target.alias}`;
  const now = ctx.now();
  const state = (await readState(ctx.config.data, target.alias)) ?? freshState(now);
  const newest = newestOf(target, backups)?.manifest.finishedAt ?? null;
  const care = careOf(target, state, newest, ofVault, now);
  if (care === null) return [];
  const alerts = care.alerts.map((alert) => {
    const { what, mend } = ALERT_WORDS[alert];
    return bad(about, what.charAt(0).toLowerCase() + what.slice(1), mend);
  });
  return alerts.length > 0 ? alerts : [good(about, "jadwal, batas umur, dan bukti terpenuhi")];
}

function spaceOf(about: string, target: TargetConfig, facts: TargetFacts): Finding {
  const { estimatedBytes, freeBytes } = facts;
  const size = `perkiraan ${bytesText(estimatedBytes)}`;
  const isTight = freeBytes !== null && freeBytes < estimatedBytes * SPACE_FACTOR;
  if (target.izin.includes("restore") && isTight) {
    const what = `ruang kosong ${bytesText(freeBytes)}, ${size}; salinan samping saat pemulihan tidak akan muat`;
    return bad(about, what, "tambah ruang di server sasaran");
  }
  return good(about, `server ${facts.serverVersion}, alat ${facts.toolVersion}, ${size}`);
}

/** Null where there is no backup to ask about, or restoring is not permitted. */
async function restorable(
  ctx: AgentContext,
  target: TargetConfig,
  backups: readonly OwnedBackup[],
  io: EngineIo,
): Promise<Finding | null> {
  const newest = newestOf(target, backups);
  if (!newest || !target.izin.includes("restore")) return null;
  const about = `pemulihan ${target.alias}`;
  try {
    await ctx.engine(target.engine).preflight(target, newest.manifest, io);
    return good(about, "cadangan terbaru dapat dipulihkan di sana");
  } catch (error) {
    return failed(about, error);
  }
}

function newestOf(target: TargetConfig, backups: readonly OwnedBackup[]): OwnedBackup | undefined {
  return backups
    .filter(({ manifest }) => manifest.alias === target.alias && manifest.engine === target.engine)
    .toSorted((a, b) => Date.parse(b.manifest.finishedAt) - Date.parse(a.manifest.finishedAt))[0];
}

/** Copies at the target that no known restore or drill has made, or that a dead one has left. */
async function copiesOf(ctx: AgentContext, target: TargetConfig, io: EngineIo): Promise<Finding[]> {
  const about = `salinan ${target.alias}`;
  const found = await ctx.engine(target.engine).leftovers(target, io);
  const kept = new Map(
    (await keptCopies(ctx.config.data))
      .filter(({ state }) => state === "kept")
      .map(({ old, job }) => [old, job]),
  );
  const unfinished = (await unfinishedRestores(ctx.config.data)).unfinished.flatMap(({ job }) =>
    Object.values(sideNames(job)),
  );
  const drills = (await begunDrills(ctx.config.data)).map(({ id }) => sideNames(id).side);
  // Of an unfinished restore it is told elsewhere, once.
  return found
    .filter((name) => !unfinished.includes(name))
    .map((name) => {
      const job = kept.get(name);
      if (job !== undefined) {
        return good(about, `data lama dari pemulihan ${job} masih disimpan (${name})`);
      }
      if (drills.includes(name)) {
        const mend = "biarkan bila uji pulih sedang berjalan; bila tidak, jalankan pulih-agent run";
        return bad(about, `salinan samping ${name} dari uji pulih`, mend);
      }
      return bad(
        about,
        `salinan ${name} tidak dikenal agen ini`,
        "pastikan tidak dipakai, lalu hapus sendiri di server sasaran",
      );
    });
}
