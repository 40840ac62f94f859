import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { EngineIo, TargetFacts } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, type PostgresTarget, toolVersion } from "./connect.ts";
import { SERVER_MAJOR_MIN } from "./digest.ts";

/** Who and what the database is. Writes nothing. */
export async function inspect(target: PostgresTarget, io: EngineIo): Promise<TargetFacts> {
  await using session = await connect(target, target.database, io);
  const tool = await toolVersion("pg_dump", io.host);
  const server = await assertSupported(session, tool);
  const [facts] = await session.rows(
    z.object({ identity: z.string(), bytes: z.number() }),
    `SELECT json_build_object(
       'identity', (SELECT system_identifier FROM pg_control_system()) || '/' || oid,
       'bytes', pg_database_size(oid))
     FROM pg_catalog.pg_database WHERE datname = current_database()`,
  );
  if (!facts) throw new AppError("INTERNAL", "the database has no row");
  return {
    identity: facts.identity,
    serverVersion: server.text,
    toolVersion: tool.text,
    estimatedBytes: facts.bytes,
    // The server's disk cannot be asked through SQL.
    freeBytes: null,
  };
}

export interface Version {
  readonly text: string;
  readonly major: number;
}

export async function serverVersion(session: SqlSession): Promise<Version> {
  const [version] = await session.rows(
    z.object({ text: z.string(), major: z.int() }),
    `SELECT json_build_object('text', split_part(current_setting('server_version'), ' ', 1),
       'major', current_setting('server_version_num')::int / 10000)`,
  );
  if (!version) throw new AppError("INTERNAL", "the server does not tell its version");
  return version;
}

/** A dump by an older tool than the server may miss what that tool does not know of. */
export async function assertSupported(session: SqlSession, tool: Version): Promise<Version> {
  const server = await serverVersion(session);
  if (server.major > tool.major || server.major < SERVER_MAJOR_MIN) {
    throw new AppError("ENGINE_VERSION", "server and tool do not fit together", {
      detail: { server: server.text, tool: tool.text, serverMajorMin: SERVER_MAJOR_MIN },
    });
  }
  return server;
}
