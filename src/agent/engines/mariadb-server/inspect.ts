import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { TargetFacts } from "../engine.ts";
import { assertSupported, isOlder, seriesOf } from "../mariadb/inspect.ts";
import { assertSwappable, freeBytesBeside, isFilled } from "../server-folder.ts";
import type { SqlSession } from "../sql-session.ts";
import { liveSocket, session as open, type Server } from "./server.ts";

/** Preparing adds the redo log to the data. */
const SPACE_FACTOR = 1.2;

const Facts = z.object({
  folder: z.string(),
  hostname: z.string(),
  bytes: z.coerce.number(),
  lowerCaseTableNames: z.coerce.string(),
  dataHome: z.string().nullable(),
  logHome: z.string().nullable(),
  undoHome: z.string().nullable(),
  dataFiles: z.string(),
  /** mariabackup does not quote a quote, and locks by name what is not InnoDB. */
  unquotable: z.int(),
});
export type Facts = z.infer<typeof Facts>;

/** Who and what the server is, and whether it can be backed up at all. Writes nothing. */
export async function inspect(server: Server): Promise<TargetFacts> {
  const { target, io } = server;
  if (!(await isFilled(target.direktori, io))) {
    throw new AppError("ENGINE_CONNECT", "there is no data folder");
  }
  await using session = await open(server, liveSocket(server));
  const { version, tool, facts } = await assertBackupable(server, session);
  return {
    identity: `${facts.hostname}:${target.direktori}`,
    serverVersion: version,
    toolVersion: tool,
    estimatedBytes: facts.bytes,
    freeBytes: await freeBytesBeside(target.direktori, io),
  };
}

export async function assertBackupable(server: Server, session: SqlSession) {
  const { target, io } = server;
  const tool = await toolVersion(server);
  const version = await assertSupported(session, tool);
  if (!isSameSeries(tool, version)) throw otherSeries({ server: version, tool });
  const [facts] = await session.rows(
    Facts,
    `SELECT JSON_OBJECT('folder', TRIM(TRAILING '/' FROM @@datadir), 'hostname', @@hostname,
       'bytes', (SELECT IFNULL(SUM(data_length + index_length), 0) + 16777216
                 FROM information_schema.tables),
       'lowerCaseTableNames', @@lower_case_table_names, 'dataHome', @@innodb_data_home_dir,
       'logHome', @@innodb_log_group_home_dir, 'undoHome', @@innodb_undo_directory,
       'dataFiles', @@innodb_data_file_path, 'unquotable', (
         SELECT COUNT(*) FROM information_schema.tables
         WHERE table_type = 'BASE TABLE' AND IFNULL(engine, '') <> 'InnoDB'
           AND CONCAT(table_schema, table_name) LIKE '%\`%'))`,
  );
  if (!facts) throw new AppError("INTERNAL", "the server has no row");
  if (facts.folder !== target.direktori) {
    throw new AppError("ENGINE_UNSUPPORTED", "the server has another data folder");
  }
  const homes = [facts.dataHome, facts.logHome, facts.undoHome];
  if (!homes.every((home) => isInside(home, target.direktori)) || facts.dataFiles.includes("/")) {
    throw new AppError("ENGINE_UNSUPPORTED", "data lie outside of the data folder");
  }
  if (facts.unquotable > 0) {
    throw new AppError("ENGINE_UNSUPPORTED", "mariabackup cannot lock tables with such names", {
      detail: { count: facts.unquotable },
    });
  }
  await assertSwappable(target.direktori, io);
  return { version, tool, facts };
}

function isInside(home: string | null, folder: string): boolean {
  const path = (home ?? "").replace(/\/+$/, "");
  return path === "" || path === "." || path === folder;
}

/** mariabackup's version; it must be of the server's own series. */
export async function toolVersion(server: Server): Promise<string> {
  return await versionOf(server, "mariabackup", /(\d+\.\d+\.\d+)-MariaDB/);
}

/** What a program says of its version. ENGINE_TOOL_MISSING where it says nothing of the kind. */
async function versionOf(
  { io }: Server,
  program: string,
  form: RegExp,
  option = "--version",
): Promise<string> {
  const { stdout, stderr } = await io.host.run([program, option]);
  const version = form.exec(`${stdout}${stderr}`)?.[1];
  if (version === undefined) {
    throw new AppError("ENGINE_TOOL_MISSING", `${program} does not tell its version`, {
      detail: { program },
    });
  }
  return version;
}

/** Refuses before anything is made what could not be restored here. The live folder may be lost. */
export async function preflight(server: Server, manifest: Manifest): Promise<TargetFacts> {
  const { target, io } = server;
  const tool = await toolVersion(server);
  const version = await versionOf(server, "mariadbd", /(\d+\.\d+\.\d+)-MariaDB/);
  // Its version is its own; that it answers is what counts.
  await versionOf(server, "mbstream", /Ver (\S+)/, "--help");
  const source = manifest.tools.mariadb ?? "";
  // The files of another series would be upgraded in place or not be understood.
  if (!isSameSeries(version, source) || !isSameSeries(tool, source)) {
    throw otherSeries({ server: version, tool, backup: source });
  }
  await assertSwappable(target.direktori, io);
  const freeBytes = await freeBytesBeside(target.direktori, io);
  const needed = manifest.receipt.bytes * SPACE_FACTOR;
  if (freeBytes !== null && freeBytes < needed) {
    throw new AppError("ENGINE_SPACE", "no room for the side copy");
  }
  const hostname = (await io.host.run(["hostname"])).stdout.trim();
  return {
    identity: `${hostname}:${target.direktori}`,
    serverVersion: version,
    toolVersion: tool,
    estimatedBytes: manifest.receipt.bytes,
    freeBytes,
  };
}

function otherSeries(detail: Readonly<Record<string, string>>): AppError {
  return new AppError("ENGINE_VERSION", "server, tool and backup are of different series", {
    detail,
  });
}

function isSameSeries(one: string, other: string): boolean {
  return !isOlder(one, seriesOf(other)) && !isOlder(other, seriesOf(one));
}
