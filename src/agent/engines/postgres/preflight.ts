import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { EngineIo, TargetFacts } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import {
  connectForAdministration,
  type PostgresTarget,
  quoteLiteral,
  toolVersion,
} from "./connect.ts";
import { assertSupported } from "./inspect.ts";
import { parseRecreate } from "./recreate.ts";

const ALGORITHM = /^postgres-(\d+)-/;

/**
 * Refuses before anything is made what could not be restored on this server. The live database may
 * be gone: then only the side copy changes its name.
 */
export async function preflight(
  target: PostgresTarget,
  manifest: Manifest,
  io: EngineIo,
): Promise<TargetFacts> {
  const recreate = parseRecreate(manifest.recreate);
  await using session = await connectForAdministration(target, io);
  const tool = await toolVersion("pg_restore", io.host);
  const server = await assertSupported(session, tool);
  const sourceMajor = Number(ALGORITHM.exec(manifest.content.algorithm)?.[1]);
  // Hash functions are not promised to stay the same from one major version to the next, so on
  // another one the restored content could not be proven.
  if (server.major !== sourceMajor) {
    throw new AppError("ENGINE_VERSION", "the backup is of another major version", {
      detail: { server: server.major, backup: sourceMajor },
    });
  }
  await assertSuperuser(session);
  await assertAllThere(session, "roles", "pg_roles", "rolname", recreate.roles, io);
  await assertAllThere(
    session,
    "extensions",
    "pg_available_extensions",
    "name",
    recreate.extensions,
    io,
  );
  await assertAllThere(
    session,
    "tablespaces",
    "pg_tablespace",
    "spcname",
    recreate.tablespaces,
    io,
  );
  await assertNoPreparedTransactions(session, target.database);
  const [identity] = await session.rows(
    z.string(),
    `SELECT to_json((SELECT system_identifier FROM pg_control_system()) || '/' || coalesce(
       (SELECT oid::text FROM pg_catalog.pg_database
        WHERE datname = ${quoteLiteral(target.database)}), 'absent'))`,
  );
  return {
    identity: identity ?? "",
    serverVersion: server.text,
    toolVersion: tool.text,
    estimatedBytes: manifest.receipt.bytes,
    freeBytes: null,
  };
}

/** Only a superuser may still dump a database that is closed to its users, and swap it. */
async function assertSuperuser(session: SqlSession): Promise<void> {
  const [isSuperuser] = await session.rows(
    z.boolean(),
    "SELECT to_json(rolsuper) FROM pg_catalog.pg_roles WHERE rolname = current_user",
  );
  if (isSuperuser !== true) {
    throw new AppError("ENGINE_UNSUPPORTED", "a restore needs a superuser");
  }
}

/** What is missing is named to the operator's log only. */
async function assertAllThere(
  session: SqlSession,
  what: string,
  relation: string,
  column: string,
  wanted: readonly string[],
  io: EngineIo,
): Promise<void> {
  const missing = await session.rows(
    z.string(),
    `SELECT to_json(w) FROM json_array_elements_text(${quoteLiteral(JSON.stringify(wanted))}::json) w
     WHERE w NOT IN (SELECT ${column}::text FROM pg_catalog.${relation})`,
  );
  if (missing.length === 0) return;
  io.log(`missing ${what} on the server`, { missing });
  throw new AppError("ENGINE_UNSUPPORTED", `${what} are missing on the server`, {
    detail: { what, count: missing.length },
  });
}

/** They belong to a database, outlive its sessions and forbid its renaming. */
export async function assertNoPreparedTransactions(
  session: SqlSession,
  database: string,
): Promise<void> {
  const [count] = await session.rows(
    z.int(),
    `SELECT count(*) FROM pg_catalog.pg_prepared_xacts WHERE database = ${quoteLiteral(database)}`,
  );
  if (count !== 0) {
    throw new AppError("ENGINE_UNSUPPORTED", "prepared transactions are open", {
      detail: { count },
    });
  }
}
