import { AppError, isAppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { SideNames } from "../engine.ts";
import { foldersOf, freeBytesBeside, makeFolder, must, remove } from "../server-folder.ts";
import { dropSide, withServerOver } from "../server-keeping.ts";
import { type Cluster, session as open } from "./cluster.ts";
import { pgbackrest } from "./pgbackrest.ts";
import { readPointer } from "./pointer.ts";

/** The least that a server needs to go on. */
const WAL_SEGMENT_BYTES = 16 * 1024 * 1024;

/** What a restore writes into the settings of a copy; they would send it into recovery again. */
const RECOVERY = [
  ...["restore_command", "recovery_target_name", "recovery_target_action"],
  ...["recovery_target_timeline", "recovery_target_inclusive"],
];

/**
 * Restores the backup into the folder beside, where pgBackRest checks every file by its checksum, and
 * lets the server replay the WAL up to the restore point. It then stops: the copy is at rest.
 */
export async function loadSide(
  cluster: Cluster,
  names: SideNames,
  manifest: Manifest,
  fd: number,
): Promise<void> {
  const { target, io, owner, keeping } = cluster;
  const { side } = foldersOf(target.direktori, names);
  try {
    const pointer = await readPointer(fd);
    if (pointer.stanza !== target.stanza || pointer.label !== manifest.external?.object) {
      throw new AppError("ENGINE_LOAD_FAILED", "the pointer names another backup");
    }
    await remove(side, io);
    await makeFolder(side, owner, io);
    await pgbackrest(
      cluster,
      "restore",
      [
        ...[`--pg1-path=${side}`, `--set=${pointer.label}`, "--no-delta"],
        ...["--type=name", `--target=${pointer.restorePoint}`, "--target-action=promote"],
        // Later timelines, of restores after this backup, do not lead to its restore point.
        "--target-timeline=current",
      ],
      "ENGINE_LOAD_FAILED",
    );
    await recover(cluster, side, pointer.systemIdentifier);
    await announceTimeline(cluster, side);
    await must(io, "ENGINE_LOAD_FAILED", ["sync", "-f", "--", side]);
  } catch (error) {
    const always = { ...io, signal: new AbortController().signal };
    const freeBytes = io.signal.aborted ? null : await freeBytesBeside(target.direktori, always);
    await dropSide(keeping, names, always);
    throw asLoadFailure(error, freeBytes);
  }
}

async function recover(cluster: Cluster, side: string, systemIdentifier: string): Promise<void> {
  const { io, keeping } = cluster;
  await withServerOver(keeping, side, io, async (socket) => {
    await using session = await open(cluster, socket);
    const [state] = await session.ask(
      `SELECT current_setting('data_directory') || ' ' || pg_is_in_recovery() || ' '
         || (SELECT system_identifier FROM pg_control_system())`,
    );
    if (state !== `${side} false ${systemIdentifier}`) {
      throw new AppError("ENGINE_LOAD_FAILED", "the copy is of another cluster");
    }
    for (const name of RECOVERY) await session.ask(`ALTER SYSTEM RESET ${name}`);
  });
}

/**
 * The copy is on a timeline of its own. Its history goes into the archive once it is live, not before:
 * a copy for a drill leaves no trace there.
 */
async function announceTimeline({ asOwner, io }: Cluster, side: string): Promise<void> {
  const wal = `${side}/pg_wal`;
  const within = { host: asOwner, signal: io.signal };
  const argv = ["find", wal, "-maxdepth", "1", "-name", "*.history", "-printf", "%f\\n"];
  const histories = (await must(within, "ENGINE_LOAD_FAILED", argv)).trim().split("\n").sort();
  const newest = histories.at(-1);
  if (!newest) throw new AppError("ENGINE_LOAD_FAILED", "the copy was not promoted");
  const ready = `${wal}/archive_status/${newest}.ready`;
  await must(within, "ENGINE_LOAD_FAILED", ["touch", "--", ready]);
}

/** pgBackRest and a server in recovery do not say that it was room they lacked: `freeBytes` does. */
function asLoadFailure(error: unknown, freeBytes: number | null): unknown {
  if (freeBytes !== null && freeBytes < WAL_SEGMENT_BYTES) {
    return new AppError("ENGINE_SPACE", "no room for the side copy", { cause: error });
  }
  const isOfStart = isAppError(error) && error.code === "ENGINE_CONNECT";
  if (isAppError(error) && !isOfStart) return error;
  return new AppError("ENGINE_LOAD_FAILED", "side copy could not be made", { cause: error });
}
