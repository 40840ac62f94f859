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
import { logRoomOf } from "./log-room.ts";
import { parseRecreate, type Recreate } from "./recreate.ts";
import { roleStatements } from "./roles.ts";

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
  // The live data are saved by it, when users are kept out already.
  await assertSupported(session, await toolVersion("pg_dump", io.host));
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
  await assertNothingMissing(session, recreate, io);
  await assertNothingInTheWay(session, target.database, io);
  await (await logRoomOf(session, manifest.receipt.bytes, io))?.assertEnough();
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

/** All that is missing at once, with what would make the roles: names go to the operator's log only. */
async function assertNothingMissing(
  session: SqlSession,
  recreate: Recreate,
  io: EngineIo,
): Promise<void> {
  const absent = (wanted: readonly string[], present: string) =>
    session.rows(
      z.string(),
      `SELECT to_json(w) FROM json_array_elements_text(${quoteLiteral(JSON.stringify(wanted))}::json) w
       WHERE w NOT IN (${present})`,
    );
  // The system writes en_US.utf8 for what people call en_US.UTF-8.
  const plain = (locale: string) => `lower(replace(${locale}, '-', ''))`;
  // Another provider sorts instead of the operating system, but a database has both.
  const locales = [recreate, ...recreate.collations]
    .flatMap(({ collate, ctype }) => [collate, ctype])
    .filter((name) => !["", "C", "POSIX"].includes(name));
  const byIcu = [recreate, ...recreate.collations].some(({ provider }) => provider === "i");
  const missing = {
    roles: await absent(recreate.roles, "SELECT rolname FROM pg_catalog.pg_roles"),
    extensions: await absent(
      recreate.extensions,
      "SELECT name FROM pg_catalog.pg_available_extensions",
    ),
    tablespaces: await absent(recreate.tablespaces, "SELECT spcname FROM pg_catalog.pg_tablespace"),
    locales: await session.rows(
      z.string(),
      `SELECT DISTINCT to_jsonb(w) FROM json_array_elements_text(${quoteLiteral(JSON.stringify(locales))}::json) w
       WHERE ${plain("w")} NOT IN (SELECT ${plain("collcollate")} FROM pg_catalog.pg_collation
                                   WHERE collprovider = 'c' AND collcollate IS NOT NULL)`,
    ),
    collations: await absent(
      recreate.collations.flatMap(({ name }) => name ?? []),
      "SELECT collname FROM pg_catalog.pg_collation WHERE collnamespace = 'pg_catalog'::regnamespace",
    ),
    // A server that was built with it has some from the beginning.
    libraries: await absent(
      byIcu ? ["icu"] : [],
      "SELECT 'icu' FROM pg_catalog.pg_collation WHERE collprovider = 'i'",
    ),
    encodings: await session.rows(
      z.string(),
      `SELECT to_json(e) FROM (VALUES (${quoteLiteral(recreate.encoding)})) wanted (e)
       WHERE pg_char_to_encoding(e) < 0`,
    ),
  };
  const counts = countsOf(missing);
  if (counts === null) return;
  const roles = recreate.roleDefinitions.filter(({ name }) => missing.roles.includes(name));
  io.log("the server lacks what the backup needs", { missing, toMakeThem: roleStatements(roles) });
  throw new AppError("ENGINE_UNSUPPORTED", "the server lacks what the backup needs", {
    detail: { missing: counts },
  });
}

/** What belongs to the live database, outlives its sessions and would stay with the former data. */
async function assertNothingInTheWay(
  session: SqlSession,
  database: string,
  io: EngineIo,
): Promise<void> {
  const name = quoteLiteral(database);
  const inTheWay = {
    preparedTransactions: await session.rows(
      z.string(),
      `SELECT to_json(gid) FROM pg_catalog.pg_prepared_xacts WHERE database = ${name}`,
    ),
    replicationSlots: await session.rows(
      z.string(),
      `SELECT to_json(slot_name) FROM pg_catalog.pg_replication_slots WHERE database = ${name}`,
    ),
    subscriptions: await session.rows(
      z.string(),
      `SELECT to_json(subname) FROM pg_catalog.pg_subscription s
       JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE datname = ${name}`,
    ),
  };
  const counts = countsOf(inTheWay);
  if (counts === null) return;
  io.log("the live database cannot be swapped as long as it has these", { inTheWay });
  throw new AppError("ENGINE_UNSUPPORTED", "the live database has what forbids a swap", {
    detail: { inTheWay: counts },
  });
}

/** How many of each kind there are; null where there are none at all. */
function countsOf(found: Readonly<Record<string, readonly string[]>>) {
  const some = Object.entries(found).filter(([, names]) => names.length > 0);
  if (some.length === 0) return null;
  return Object.fromEntries(some.map(([kind, names]) => [kind, names.length]));
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
