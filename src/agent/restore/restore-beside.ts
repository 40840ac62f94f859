import { AppError } from "#domain/errors.ts";
import type { ProofLevel } from "#protocol/manifest.ts";
import { assertNotCancelled } from "../backup/cancellation.ts";
import { configuredTarget } from "../backup/configured-target.ts";
import { listBackups } from "../backup/list-backups.ts";
import type { VerifiedBackup } from "../backup/open-manifest.ts";
import { forgetBegun, noteBegun } from "../care/drill-store.ts";
import type { AgentContext, Work } from "../context.ts";
import type { EngineIo, SideNames } from "../engines/engine.ts";
import { loadSide } from "./load-side.ts";
import { ioOf, LOADING, tell, tellLoading } from "./parts.ts";
import type { PlannedTarget } from "./plan-restore.ts";
import { proveCopy } from "./prove-copy.ts";
import { sideNames } from "./side-names.ts";

/** A copy beside the live data that the operator wants to look into. */
export interface Beside {
  readonly backup: VerifiedBackup;
  /** Null where the copy was only judged, not made. */
  readonly level: ProofLevel | null;
  /** The copy's name, to remove it by; null where there is none any more. */
  readonly copy: string | null;
  /** Where it lies, in words. */
  readonly place: string | null;
}

export interface BesideChoice {
  /** The newest by default. */
  readonly backup?: string;
  readonly isDryRun: boolean;
  /** Leaves the copy there; else it is dropped once it was proved. */
  readonly isKept: boolean;
}

/** Restores a backup beside the live data and proves it. Nothing live is touched; it may be gone. */
export async function restoreBeside(
  ctx: AgentContext,
  work: Work,
  alias: string,
  choice: BesideChoice,
): Promise<Beside> {
  const target = configuredTarget(ctx.config, alias, "restore");
  const engine = ctx.engine(target.engine);
  const backup = chosen(await listBackups(ctx, alias), alias, choice.backup);
  const part: PlannedTarget = { target, engine, backup };
  await using stack = new AsyncDisposableStack();
  const io = await ioOf(ctx, work, target, stack);
  tell(work, part, "preflight", "Memeriksa apakah salinan samping dapat dibuat.");
  await engine.preflight(target, backup.manifest, io);
  if (choice.isDryRun) return { backup, level: null, copy: null, place: null };

  const id = ctx.newId();
  const names = sideNames(id);
  const drop = async () => {
    await engine.dropSide(target, names, unstopped(io));
    await forgetBegun(ctx.config.data, id);
  };
  // Noted as a drill is, so that what a kill leaves is dropped at the agent's next start.
  await noteBegun(ctx.config.data, { id, alias, at: ctx.now().toISOString() });
  try {
    assertNotCancelled(work.signal);
    tell(work, part, "side", LOADING);
    await loadSide(ctx, part, names, io, tellLoading(work, part, backup.manifest));
    tell(work, part, "verify", "Membuktikan isi salinan samping.");
    const level = await proveCopy(ctx, target, engine, names, backup.manifest, io);
    if (!choice.isKept) {
      tell(work, part, "drop", "Menghapus salinan samping.");
      await drop();
      return { backup, level, copy: null, place: null };
    }
    await forgetBegun(ctx.config.data, id);
    const place = engine.keptAs(target, { ...names, old: names.side });
    return { backup, level, copy: names.side, place };
  } catch (error) {
    await drop();
    assertNotCancelled(work.signal, error);
    throw error;
  }
}

/** Removes a copy that was left beside. ENGINE_KEPT_GONE where there is none of that name. */
export async function dropBeside(
  ctx: AgentContext,
  work: Work,
  alias: string,
  copy: string,
): Promise<void> {
  const target = configuredTarget(ctx.config, alias, "restore");
  const engine = ctx.engine(target.engine);
  await using stack = new AsyncDisposableStack();
  const io = await ioOf(ctx, work, target, stack);
  // Kept copies of restores go by an approved job only.
  const isSide = /^r_/.test(copy) && (await engine.leftovers(target, io)).includes(copy);
  if (!isSide) throw new AppError("ENGINE_KEPT_GONE", "no side copy of that name");
  const names: SideNames = { side: copy, old: copy.replace(/^r_/, "o_") };
  await engine.dropSide(target, names, unstopped(io));
}

function chosen(
  backups: readonly VerifiedBackup[],
  alias: string,
  backupId: string | undefined,
): VerifiedBackup {
  const found =
    backupId === undefined
      ? (backups.find(({ manifest }) => manifest.purpose === "backup") ?? backups[0])
      : backups.find(({ manifest }) => manifest.id === backupId);
  if (found) return found;
  throw new AppError("VAULT_BACKUP_UNKNOWN", "no verified backup of this target", {
    detail: { alias, backup: backupId },
  });
}

/** What is left behind must go, also where the work was called off. */
function unstopped(io: EngineIo): EngineIo {
  return { ...io, signal: new AbortController().signal };
}
