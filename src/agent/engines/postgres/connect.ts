import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { TargetConfig, TargetOf } from "../../config.ts";
import type { Completed, Host } from "../../process/host.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import { copyName, openSqlSession, type SqlSession } from "../sql-session.ts";
import { classify } from "./classify.ts";

export type PostgresTarget = TargetOf<"postgres">;

/** The registry calls an engine with targets of its own kind only. */
export function own(target: TargetConfig): PostgresTarget {
  if (target.engine !== "postgres") throw new AppError("INTERNAL", "not a PostgreSQL target");
  return target;
}

/** Databases of one restore: the live one and, by names that need no quoting, its two copies. */
export function databasesOf(target: PostgresTarget, names: SideNames) {
  return {
    live: target.database,
    side: copyName(names.side, target.database),
    old: copyName(names.old, target.database),
  };
}

/**
 * The connection stands in env, the password in a file whose path stands there. The database too:
 * given by `-d`, a name with `=` in it would be read as a connection string.
 */
export function connectionEnv(target: PostgresTarget, database: string): Record<string, string> {
  return {
    PGHOST: target.host,
    PGPORT: String(target.port),
    PGUSER: target.pengguna,
    PGDATABASE: database,
    PGCONNECT_TIMEOUT: "10",
    PGAPPNAME: "pulih",
    ...(target.berkasSandi === null ? {} : { PGPASSFILE: target.berkasSandi }),
  };
}

/**
 * Everything that changes how values print is fixed, so that the same content has the same digest
 * whatever the server's or database's settings; the empty search path makes names print in full.
 */
const SETTINGS = [
  "SET standard_conforming_strings = on",
  "SET client_min_messages = error",
  "SET statement_timeout = 0",
  // Not all of them are known to all versions.
  `SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name IN
     ('idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')`,
  "SET lock_timeout = '60s'",
  // A question that nobody waits for any more ends with its client. Not on every system.
  `SELECT set_config(name, '5s', false) FROM pg_catalog.pg_settings
     WHERE name = 'client_connection_check_interval' AND version() LIKE '%linux%'`,
  "SET row_security = off",
  "SET search_path = ''",
  "SET DateStyle = 'ISO, YMD'",
  "SET IntervalStyle = 'postgres'",
  "SET TimeZone = 'UTC'",
  "SET extra_float_digits = 3",
  "SET bytea_output = 'hex'",
  "SET lc_monetary = 'C'",
  "SET xmloption = 'content'",
].join(";\n");

/** Opens a session in a database. Rejects with ENGINE_CONNECT where that is not possible. */
export async function connect(
  target: PostgresTarget,
  database: string,
  io: Pick<EngineIo, "host" | "signal" | "log">,
  /** What divides columns where an answer has several. */
  { separator = "|" }: { readonly separator?: string } = {},
): Promise<SqlSession> {
  return openSqlSession(io.host, {
    argv: [
      ...["psql", "--no-psqlrc", "--no-password", "--quiet", "--no-align", "--tuples-only"],
      // Only SQLSTATE codes: a message may quote a row.
      ...["--set=ON_ERROR_STOP=1", "--set=VERBOSITY=sqlstate"],
      `--field-separator=${separator}`,
    ],
    env: { ...connectionEnv(target, database), PGCLIENTENCODING: "UTF8" },
    signal: io.signal,
    settings: SETTINGS,
    // psql says 2 where the connection failed or was lost, 3 where a statement failed.
    failure: (ending) =>
      failed("psql", ending, ending.code === 2 ? "ENGINE_CONNECT" : "ENGINE_DUMP_FAILED", io),
  });
}

/**
 * A question within a transaction that gives its locks back when it is answered: the server's table
 * of locks has room for some thousand, and a transaction keeps what it took to its end otherwise.
 */
export function lettingGo(query: string): string {
  return `SAVEPOINT pulih_question;\n${query};\nROLLBACK TO SAVEPOINT pulih_question`;
}

/** Databases are made, renamed and dropped from another one. */
export function connectForAdministration(
  target: PostgresTarget,
  io: Pick<EngineIo, "host" | "signal" | "log">,
): Promise<SqlSession> {
  return connect(target, target.database === "postgres" ? "template1" : "postgres", io);
}

/** The error for a program that did not end well; its stderr is classified and then forgotten. */
export function failed(
  tool: string,
  ending: Completed,
  otherwise: ErrorCode,
  io: Pick<EngineIo, "log" | "signal">,
): AppError {
  if (io.signal.aborted) return new AppError("JOB_CANCELLED", `${tool} was called off`);
  const { code, sqlState, changedWhileRead } = classify(ending.stderr, otherwise);
  const detail = { tool, exitCode: ending.code, signal: ending.signal, sqlState };
  io.log("PostgreSQL client failed", detail);
  return new AppError(code, `${tool} failed`, { detail: { ...detail, changedWhileRead } });
}

/** Major version of an installed client tool. ENGINE_TOOL_MISSING where it is not there. */
export async function toolVersion(
  tool: "pg_dump" | "pg_restore",
  host: Host,
): Promise<{ readonly text: string; readonly major: number }> {
  const { stdout } = await host.run([tool, "--version"]);
  const text = /\d+(\.\d+)*/.exec(stdout)?.[0];
  if (text === undefined) {
    throw new AppError("ENGINE_TOOL_MISSING", `${tool} does not tell its version`);
  }
  return { text, major: Number.parseInt(text, 10) };
}

export function quoteIdent(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Safe because every session sets standard_conforming_strings. */
export function quoteLiteral(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
