import { randomBytes } from "node:crypto";
import { AppError } from "#domain/errors.ts";
import type { DumpReport } from "../engine.ts";
import { keptServer } from "../server-keeping.ts";
import type { SqlSession } from "../sql-session.ts";
import { type Cluster, session as open } from "./cluster.ts";
import { clusterDigest, openAll } from "./digest.ts";
import { assertBackupable, factsOf } from "./inspect.ts";
import { backupsIn, pgbackrest, toolVersion } from "./pgbackrest.ts";
import { writePointer } from "./pointer.ts";
import { awaitArchived, markRestorePoint } from "./restore-point.ts";
import { assertStored } from "./stored.ts";

/**
 * Lets pgBackRest back the cluster up into its own repository, then writes a restore point and takes
 * the content digest in snapshots of that very point. What goes to `fd` is a pointer to both.
 *
 * pgBackRest's exit code 0 is no proof by itself: the backup must stand in its list under a label that
 * was not there before, without damaged pages, and the repository must hold all of it (stored.ts).
 */
export async function dump(cluster: Cluster, fd: number): Promise<DumpReport> {
  const { target, io } = cluster;
  if (io.signal.aborted) throw new AppError("JOB_CANCELLED", "called off");
  const socket = keptServer(cluster.keeping)?.socket ?? null;
  const tool = await toolVersion(cluster);
  await using control = await open(cluster, socket);
  const server = await assertBackupable(cluster, control);
  const { systemIdentifier } = await factsOf(control);
  const label = await backUp(cluster, socket);
  const [set] = await backupsIn(cluster, label);
  if (set === undefined) throw new AppError("ENGINE_DUMP_INCOMPLETE", "the backup is not listed");
  if (set.error) throw new AppError("ENGINE_DAMAGED", "pages of the cluster have bad checksums");

  const { point, content } = await digestAtPoint(cluster, socket, control);
  await assertStored(cluster, label, point);
  await writePointer(
    {
      v: 1,
      tool: "pgbackrest",
      stanza: target.stanza,
      label,
      restorePoint: point.name,
      systemIdentifier,
    },
    fd,
  );
  return {
    content,
    recreate: { format: "pgbackrest", restorePoint: point.name },
    tools: { pgbackrest: tool, postgresql: server },
    external: {
      tool: "pgbackrest",
      object: label,
      bytes: set.info.size,
      storedBytes: set.info.repository.delta,
    },
  };
}

/** Its snapshots are let go of before the backup is read back, which takes long. */
async function digestAtPoint(cluster: Cluster, socket: string | null, control: SqlSession) {
  await using sessions = await openAll(cluster, socket);
  const name = `pulih_${randomBytes(8).toString("hex")}`;
  const point = await markRestorePoint(cluster, socket, control, sessions.all, name);
  await awaitArchived(control, point, cluster.io.signal);
  return { point, content: await clusterDigest(sessions.all) };
}

/** The new backup's label: incremental where there is a full one, as pgBackRest decides. */
async function backUp(cluster: Cluster, socket: string | null): Promise<string> {
  const { target } = cluster;
  const before = new Set((await backupsIn(cluster)).map((set) => set.label));
  await pgbackrest(
    cluster,
    "backup",
    [
      ...["--type=incr", "--start-fast"],
      ...[`--pg1-path=${target.direktori}`, `--pg1-socket-path=${socket ?? target.soket}`],
      ...[`--pg1-port=${target.port}`, `--pg1-user=${target.pengguna}`],
    ],
    "ENGINE_DUMP_FAILED",
  );
  const made = (await backupsIn(cluster)).filter((set) => !before.has(set.label));
  const label = made.at(-1)?.label;
  if (label === undefined) {
    throw new AppError("ENGINE_DUMP_INCOMPLETE", "pgbackrest ended without a new backup");
  }
  return label;
}
