import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { TargetFacts } from "../engine.ts";
import { SERVER_MAJOR_MIN } from "../postgres/digest.ts";
import { serverVersion } from "../postgres/inspect.ts";
import { assertSwappable, freeBytesBeside, isFilled } from "../server-folder.ts";
import { keptServer } from "../server-keeping.ts";
import type { SqlSession } from "../sql-session.ts";
import { type Cluster, session as open } from "./cluster.ts";
import { backupsIn, toolVersion } from "./pgbackrest.ts";
import { majorOf, programsOf } from "./programs.ts";
import { ARCHIVED_MS_MAX } from "./restore-point.ts";

/** A restored folder takes what the backup has, and WAL. */
const SPACE_FACTOR = 1.1;
const WAL_BYTES = 512 * 1024 * 1024;

const Facts = z.object({
  folder: z.string(),
  configFile: z.string(),
  systemIdentifier: z.string(),
  bytes: z.number(),
  tablespaces: z.int(),
  isStandby: z.boolean(),
  archiveMode: z.string(),
  archiveCommand: z.string(),
  /** Seconds for which the oldest segment has been waiting to be archived. */
  archiveWaits: z.number(),
});

/** Who and what the cluster is, and whether it can be backed up at all. Writes nothing. */
export async function inspect(cluster: Cluster): Promise<TargetFacts> {
  const { target, io } = cluster;
  if (!(await isFilled(target.direktori, io))) {
    throw new AppError("ENGINE_CONNECT", "there is no data folder");
  }
  await using session = await open(cluster, keptServer(cluster.keeping)?.socket ?? null);
  const tool = await toolVersion(cluster);
  const server = await assertBackupable(cluster, session);
  const facts = await factsOf(session);
  return {
    identity: `${facts.systemIdentifier}/${target.direktori}`,
    serverVersion: server,
    toolVersion: tool,
    estimatedBytes: facts.bytes,
    freeBytes: await freeBytesBeside(target.direktori, io),
  };
}

export async function factsOf(session: SqlSession): Promise<z.infer<typeof Facts>> {
  const [facts] = await session.rows(
    Facts,
    `SELECT json_build_object(
       'folder', current_setting('data_directory'), 'configFile', current_setting('config_file'),
       'systemIdentifier', (SELECT system_identifier::text FROM pg_control_system()),
       'bytes', (SELECT sum(pg_database_size(oid)) FROM pg_catalog.pg_database),
       'tablespaces', (SELECT count(*) FROM pg_catalog.pg_tablespace WHERE spcname NOT LIKE 'pg\\_%'),
       'isStandby', pg_is_in_recovery(), 'archiveMode', current_setting('archive_mode'),
       'archiveCommand', current_setting('archive_command'),
       'archiveWaits', (SELECT coalesce(extract(epoch FROM now() - min(modification)), 0)
         FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'))`,
  );
  if (!facts) throw new AppError("INTERNAL", "the cluster has no row");
  return facts;
}

/** The server's version. */
export async function assertBackupable(cluster: Cluster, session: SqlSession): Promise<string> {
  const { target, io } = cluster;
  const server = await serverVersion(session);
  if (server.major < SERVER_MAJOR_MIN) {
    throw new AppError("ENGINE_VERSION", "the server is too old", {
      detail: { server: server.text, serverMajorMin: SERVER_MAJOR_MIN },
    });
  }
  const facts = await factsOf(session);
  const refuse = (what: string): never => {
    throw new AppError("ENGINE_UNSUPPORTED", what);
  };
  if (facts.folder !== target.direktori) refuse("the server has another data folder");
  if (facts.tablespaces > 0) refuse("tablespaces lie outside of the data folder");
  if (facts.isStandby) refuse("the server is a standby");
  const isInside = facts.configFile.startsWith(`${target.direktori}/`);
  if (!isInside && facts.configFile !== target.berkasKonfigurasi) {
    refuse("berkasKonfigurasi does not name the server's settings");
  }
  // A copy of a running server is consistent only together with the WAL of its making.
  if (facts.archiveMode === "off" || !facts.archiveCommand.includes("archive-push")) {
    refuse("the server does not archive its WAL with pgbackrest");
  }
  if (facts.archiveWaits * 1000 > ARCHIVED_MS_MAX) refuse("the WAL does not reach the archive");
  await assertSwappable(target.direktori, io);
  return server.text;
}

/** Refuses before anything is made what could not be restored here. The live folder may be lost. */
export async function preflight(cluster: Cluster, manifest: Manifest): Promise<TargetFacts> {
  const { target, io, asOwner } = cluster;
  const tool = await toolVersion(cluster);
  await assertSwappable(target.direktori, io);
  const backup = manifest.tools.postgresql ?? "";
  const major = String(Number.parseInt(backup, 10));
  const live = await majorOf(target.direktori, asOwner);
  if (live !== null && live !== major) {
    throw new AppError("ENGINE_VERSION", "the backup is of another major version", {
      detail: { server: live, backup: major },
    });
  }
  const { program } = await programsOf(target.direktori, asOwner, major);
  const label = manifest.external?.object ?? "";
  const sets = await backupsIn(cluster);
  if (!sets.some((set) => set.label === label)) {
    throw new AppError("ENGINE_LOAD_FAILED", "pgBackRest no longer has the backup");
  }
  const freeBytes = await freeBytesBeside(target.direktori, io);
  const needed = (manifest.external?.bytes ?? 0) * SPACE_FACTOR + WAL_BYTES;
  if (freeBytes !== null && freeBytes < needed) {
    throw new AppError("ENGINE_SPACE", "no room for the side copy");
  }
  const control = await asOwner.run([program("pg_controldata"), "-D", target.direktori], {
    env: { LC_ALL: "C" },
  });
  const identifier = /system identifier:\s+(\d+)/.exec(control.stdout)?.[1] ?? "absent";
  return {
    identity: `${identifier}/${target.direktori}`,
    serverVersion: backup,
    toolVersion: tool,
    estimatedBytes: manifest.external?.bytes ?? 0,
    freeBytes,
  };
}
