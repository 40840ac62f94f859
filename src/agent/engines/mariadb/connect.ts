import { AppError, type ErrorCode } from "#domain/errors.ts";
import type { TargetConfig, TargetOf } from "../../config.ts";
import type { Completed, Host } from "../../process/host.ts";
import type { Copy, EngineIo, SideNames } from "../engine.ts";
import { copyName, openSqlSession, type SqlSession } from "../sql-session.ts";
import { classify } from "./classify.ts";

export type MariadbTarget = TargetOf<"mariadb">;
export type Io = Pick<EngineIo, "host" | "signal" | "log">;

/** The registry calls an engine with targets of its own kind only. */
export function own(target: TargetConfig): MariadbTarget {
  if (target.engine !== "mariadb") throw new AppError("INTERNAL", "not a MariaDB target");
  return target;
}

/** Schemas of one restore: the live one and, by names that need no quoting, its two copies. */
export function schemasOf(target: MariadbTarget, names: SideNames): Readonly<Record<Copy, string>> {
  return {
    live: target.database,
    side: copyName(names.side, target.database),
    old: copyName(names.old, target.database),
  };
}

/**
 * The option file alone says where and as whom: what lies in the home directory or in /etc could
 * lead the same call to another server.
 */
export function client(tool: "mariadb" | "mariadb-dump", target: MariadbTarget): string[] {
  return [
    ...[tool, `--defaults-file=${target.berkasOpsi}`],
    ...["--default-character-set=utf8mb4", "--max-allowed-packet=1G"],
  ];
}

export const INTERACTIVE = [
  ...["--batch", "--raw", "--skip-column-names", "--unbuffered", "--connect-timeout=10"],
  // A client that came back by itself would have lost its snapshot and its locks in silence.
  "--skip-reconnect",
];

/** What changes how values print is fixed, so that the same content has the same digest anywhere. */
const SETTINGS = [
  "SET SESSION sql_mode = ''",
  "SET SESSION time_zone = '+00:00'",
  "SET SESSION lock_wait_timeout = 20",
  "SET SESSION innodb_lock_wait_timeout = 20",
  "SET SESSION max_statement_time = 0",
  "SET SESSION wait_timeout = 604800",
  "SET SESSION net_write_timeout = 3600",
  "SET SESSION foreign_key_checks = 0",
].join(";\n");

/** Opens a session without a default schema. Rejects with ENGINE_CONNECT where that is not possible. */
export async function connect(
  target: MariadbTarget,
  io: Io,
  options: readonly string[] = [],
): Promise<SqlSession> {
  return openSqlSession(io.host, {
    argv: [...client("mariadb", target), ...INTERACTIVE, ...options],
    signal: io.signal,
    settings: SETTINGS,
    failure: (ending) => failed("mariadb", ending, "ENGINE_DUMP_FAILED", io),
  });
}

/** The error for a program that did not end well; its stderr holds rows, and only numbers stay. */
export function failed(
  tool: string,
  ending: Completed,
  otherwise: ErrorCode,
  io: Pick<EngineIo, "log" | "signal">,
): AppError {
  if (io.signal.aborted) return new AppError("JOB_CANCELLED", `${tool} was called off`);
  const { code, number, changedWhileRead } = classify(ending.stderr, otherwise);
  const detail = { tool, exitCode: ending.code, signal: ending.signal, number };
  io.log("MariaDB client failed", detail);
  return new AppError(code, `${tool} failed`, { detail: { ...detail, changedWhileRead } });
}

/** Version of an installed client tool. ENGINE_TOOL_MISSING where it is not there. */
export async function toolVersion(tool: "mariadb" | "mariadb-dump", host: Host): Promise<string> {
  const { stdout } = await host.run([tool, "--version"]);
  const version = /(\d+\.\d+\.\d+)-MariaDB/.exec(stdout)?.[1];
  if (version === undefined) {
    throw new AppError("ENGINE_TOOL_MISSING", `${tool} does not tell its version`);
  }
  return version;
}

export function quoteIdent(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

export function inSchema(schema: string, name: string): string {
  return `${quoteIdent(schema)}.${quoteIdent(name)}`;
}

/** Safe because every session has an sql_mode without NO_BACKSLASH_ESCAPES. */
export function quoteLiteral(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** For text of any length and content. */
export function hexLiteral(text: string): string {
  return text === ""
    ? "''"
    : `CONVERT(X'${Buffer.from(text, "utf8").toString("hex")}' USING utf8mb4)`;
}
