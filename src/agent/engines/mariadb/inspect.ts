import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { TargetFacts } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, type Io, type MariadbTarget, toolVersion } from "./connect.ts";
import { isSchema, schemaExists } from "./objects.ts";
import { assertMayDump } from "./privileges.ts";

/** From here on a RENAME of many tables survives a crash as a whole. */
const SERVER_MIN = [10, 6] as const;

/** Who and what the schema is. Writes nothing. */
export async function inspect(target: MariadbTarget, io: Io): Promise<TargetFacts> {
  await using session = await connect(target, io);
  const tool = await toolVersion("mariadb-dump", io.host);
  const server = await assertSupported(session, tool);
  if (!(await schemaExists(session, target.database))) {
    throw new AppError("ENGINE_CONNECT", "there is no such schema");
  }
  await assertMayDump(session, target.database);
  const [bytes] = await session.ask(
    `SELECT CAST(IFNULL(SUM(data_length + index_length), 0) AS CHAR)
     FROM information_schema.tables WHERE ${isSchema("table_schema", target.database)}`,
  );
  return {
    identity: `${await serverIdentity(session)}/${target.database}`,
    serverVersion: server,
    toolVersion: tool,
    estimatedBytes: Number(bytes ?? 0),
    // The server's disk cannot be asked through SQL.
    freeBytes: null,
  };
}

/** Not all supported versions have an identifier of their own; else where the server lies must do. */
export async function serverIdentity(session: SqlSession): Promise<string> {
  const [identity] = await session.rows(
    z.string(),
    `SELECT JSON_QUOTE(COALESCE(
       (SELECT variable_value FROM information_schema.global_variables
        WHERE variable_name = 'SERVER_UID'),
       CONCAT(@@hostname, ':', @@port, ':', @@datadir)))`,
  );
  return identity ?? "";
}

/** A dump by an older tool than the server may miss what that tool does not know of. */
export async function assertSupported(session: SqlSession, tool: string): Promise<string> {
  const [text = ""] = await session.ask("SELECT VERSION()");
  const server = /^(\d+\.\d+\.\d+)-MariaDB/i.exec(text)?.[1];
  if (server === undefined || isOlder(server, SERVER_MIN) || isOlder(tool, seriesOf(server))) {
    throw new AppError("ENGINE_VERSION", "server and tool do not fit together", {
      detail: { server: server ?? text, tool, serverMin: SERVER_MIN.join(".") },
    });
  }
  return server;
}

/** Major and minor: within a series tools and servers fit together. */
export function seriesOf(version: string): readonly [number, number] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return [major, minor];
}

export function isOlder(version: string, than: readonly [number, number]): boolean {
  const [major, minor] = seriesOf(version);
  return major < than[0] || (major === than[0] && minor < than[1]);
}
