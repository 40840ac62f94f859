import { describe, expect, it } from "vitest";
import { classify as classifyMariadb } from "#agent/engines/mariadb/classify.ts";
import { classify as classifyPostgres } from "#agent/engines/postgres/classify.ts";
import type { ErrorCode } from "#domain/errors.ts";

/** Recorded from PostgreSQL 15.18 and its tools. */
const POSTGRES: readonly (readonly [string, ErrorCode, string])[] = [
  [
    "wrong password",
    "ENGINE_CONNECT",
    `psql: error: connection to server at "127.0.0.1", port 44227 failed: FATAL:  password authentication failed for user "postgres"
password retrieved from file "/tmp/rec-bad"`,
  ],
  [
    "nobody listens",
    "ENGINE_CONNECT",
    `psql: error: connection to server at "127.0.0.1", port 1 failed: Connection refused
	Is the server running on that host and accepting TCP/IP connections?`,
  ],
  [
    "no such database",
    "ENGINE_CONNECT",
    `pg_dump: error: connection to server at "127.0.0.1", port 44227 failed: FATAL:  database "tidak" does not exist`,
  ],
  [
    "no such host",
    "ENGINE_CONNECT",
    `pg_dump: error: could not translate host name "tidak.invalid" to address: Name or service not known`,
  ],
  [
    "no right to read a table",
    "ENGINE_UNSUPPORTED",
    `pg_dump: error: query failed: ERROR:  permission denied for table t
pg_dump: detail: Query was: LOCK TABLE public.t IN ACCESS SHARE MODE`,
  ],
  [
    "row level security would hide rows",
    "ENGINE_UNSUPPORTED",
    `pg_dump: error: query failed: ERROR:  query would be affected by row-level security policy for table "r"
pg_dump: detail: Query was: COPY public.r (a) TO stdout;`,
  ],
  [
    "a row too wide for text",
    "ENGINE_UNSUPPORTED",
    `pg_dump: error: Dumping the contents of table "besar" failed: PQgetResult() failed.
pg_dump: detail: Error message from server: ERROR:  invalid memory alloc request size 1200000003
pg_dump: detail: Command was: COPY public.besar (isi) TO stdout;`,
  ],
  [
    "a lock that pg_dump waited for too long",
    "ENGINE_BUSY",
    `pg_dump: error: query failed: ERROR:  canceling statement due to statement timeout
pg_dump: detail: Query was: LOCK TABLE public.t IN ACCESS SHARE MODE`,
  ],
  ["a lock that a session waited for too long", "ENGINE_BUSY", "ERROR:  55P03"],
  ["a database with users in it", "ENGINE_BUSY", "ERROR:  55006"],
  [
    "a stream that was cut",
    "ENGINE_LOAD_FAILED",
    "pg_restore: error: could not read from input file: end of file",
  ],
  [
    "an empty stream",
    "ENGINE_LOAD_FAILED",
    "pg_restore: error: input file is too short (read 0, expected 5)",
  ],
  [
    "something else than an archive",
    "INTERNAL",
    "pg_restore: error: input file does not appear to be a valid archive (too short?)",
  ],
  [
    "a session that was ended",
    "INTERNAL",
    `FATAL:  57P01
server closed the connection unexpectedly
	This probably means the server terminated abnormally
	before or while processing the request.
connection to server was lost`,
  ],
];

/** Recorded from MariaDB 10.11.19 and its tools. */
const MARIADB: readonly (readonly [string, ErrorCode, string])[] = [
  [
    "wrong password",
    "ENGINE_CONNECT",
    "ERROR 1045 (28000): Access denied for user 'agen'@'localhost' (using password: YES)",
  ],
  [
    "wrong password, told by the dump tool",
    "ENGINE_CONNECT",
    `mariadb-dump: Got error: 1045: "Access denied for user 'agen'@'localhost' (using password: YES)" when trying to connect`,
  ],
  [
    "nobody listens",
    "ENGINE_CONNECT",
    "ERROR 2002 (HY000): Can't connect to local server through socket '/tmp/tidak' (2)",
  ],
  [
    "no such schema",
    "ENGINE_CONNECT",
    `mariadb-dump: Got error: 1049: "Unknown database 'tidakada'" when selecting the database`,
  ],
  [
    "a connection that was ended",
    "ENGINE_CONNECT",
    `--------------
select sleep(5)
--------------

ERROR 2013 (HY000) at line 1: Lost connection to server during query`,
  ],
  [
    "a view without its tables",
    "ENGINE_UNSUPPORTED",
    `mariadb-dump: Couldn't execute 'SHOW FIELDS FROM \`v2\`': View 'd1.v2' references invalid table(s) or column(s) or function(s) or definer/invoker of view lack rights to use them (1356)`,
  ],
  [
    "a table in the way of another lock",
    "ENGINE_BUSY",
    "ERROR 1205 (HY000) at line 1: Lock wait timeout exceeded; try restarting transaction",
  ],
  [
    "a row that does not fit, echoed with its content",
    "INTERNAL",
    `--------------
INSERT INTO \`warga\` VALUES ('ERROR 1045 (28000)
mariadb-dump: Error 2013: rekaan')
--------------

ERROR 1062 (23000) at line 1: Duplicate entry '1' for key 'PRIMARY'`,
  ],
];

describe("what the database tools say when they fail", () => {
  it.each(POSTGRES)("PostgreSQL, %s: %s", (_, code, stderr) => {
    expect(classifyPostgres(stderr, "INTERNAL").code).toBe(code);
  });

  it.each(MARIADB)("MariaDB, %s: %s", (_, code, stderr) => {
    expect(classifyMariadb(stderr, "INTERNAL").code).toBe(code);
  });

  it("keeps nothing of what was written but a code", () => {
    const postgres = classifyPostgres("ERROR:  23505\nKey (nik)=(6472) exists", "INTERNAL");
    expect(postgres).toEqual({ code: "INTERNAL", sqlState: "23505", changedWhileRead: false });
    const mariadb = classifyMariadb("ERROR 1062 (23000) at line 3: Duplicate '6472'", "INTERNAL");
    expect(mariadb).toEqual({ code: "INTERNAL", number: 1062, changedWhileRead: false });
  });

  it("knows a source that changed while it was read from one that is broken", () => {
    const dropped = 'pg_dump: error: query failed: ERROR:  relation "public.t" does not exist';
    expect(classifyPostgres(dropped, "ENGINE_DUMP_FAILED").changedWhileRead).toBe(true);
    const altered =
      "mariadb-dump: Error 1412: Table definition has changed, please retry transaction when dumping table `t` at row: 0";
    expect(classifyMariadb(altered, "ENGINE_DUMP_FAILED").changedWhileRead).toBe(true);
  });
});
