import { AppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { EngineIo, TargetFacts } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, type MariadbTarget, quoteLiteral, toolVersion } from "./connect.ts";
import { assertSupported, isOlder, seriesOf, serverIdentity } from "./inspect.ts";
import { isSchema, schemaExists, tablesOf } from "./objects.ts";
import { assertMayRestore } from "./privileges.ts";
import { parseRecreate } from "./recreate.ts";
import { assertEventsDumpable } from "./script-of.ts";

/** Room in a packet for the short columns of a row, spelt as digits, and what stands around them. */
const PACKET_MARGIN_BYTES = 256 * 1024;

/** Refuses before anything is made what could not be restored on this server. Live may be gone. */
export async function preflight(
  target: MariadbTarget,
  manifest: Manifest,
  io: EngineIo,
): Promise<TargetFacts> {
  const recreate = parseRecreate(manifest.recreate);
  await using session = await connect(target, io);
  const tool = await toolVersion("mariadb", io.host);
  const server = await assertSupported(session, await toolVersion("mariadb-dump", io.host));
  const source = manifest.tools.mariadb ?? "";
  if (isOlder(server, seriesOf(source)) || isOlder(tool, seriesOf(server))) {
    throw new AppError("ENGINE_VERSION", "the backup is of a newer server", {
      detail: { server, tool, backup: source },
    });
  }
  await assertMayRestore(session);
  const [settings = ""] = await session.ask(
    "SELECT CONCAT(@@lower_case_table_names, ' ', @@global.max_allowed_packet)",
  );
  const [lowerCase, packetBytesMax] = settings.split(" ");
  if (lowerCase !== recreate.lowerCaseTableNames) {
    throw new AppError("ENGINE_UNSUPPORTED", "lower_case_table_names differs from the source");
  }
  if (Number(recreate.widestRowBytes) + PACKET_MARGIN_BYTES > Number(packetBytesMax)) {
    throw new AppError("ENGINE_UNSUPPORTED", "max_allowed_packet is too small for the widest row", {
      detail: { widestRowBytes: Number(recreate.widestRowBytes), packetBytesMax },
    });
  }
  await assertDefinersExist(session, recreate.definers, io);
  await assertSwappable(session, target.database);
  // What is live is saved first, and kept.
  await assertEventsDumpable(session, target.database);
  const exists = await schemaExists(session, target.database);
  return {
    identity: `${await serverIdentity(session)}/${exists ? target.database : "absent"}`,
    serverVersion: server,
    toolVersion: tool,
    estimatedBytes: manifest.receipt.bytes,
    freeBytes: null,
  };
}

/** What has a definer that does not exist can be made but never used. Names go to the log only. */
async function assertDefinersExist(
  session: SqlSession,
  definers: readonly string[],
  io: EngineIo,
): Promise<void> {
  const accounts = new Set(
    await session.ask(
      "SELECT CONCAT(user, '@', host) FROM mysql.global_priv UNION SELECT CONCAT(user, '@') FROM mysql.global_priv",
    ),
  );
  const missing = definers.filter((definer) => !accounts.has(definer));
  if (missing.length === 0) return;
  io.log("missing definers on the server", { missing });
  throw new AppError("ENGINE_UNSUPPORTED", "definers are missing on the server", {
    detail: { count: missing.length },
  });
}

/** What would make RENAME TABLE fail, or bend the keys of other schemas, on what is live now. */
async function assertSwappable(session: SqlSession, schema: string): Promise<void> {
  const [foreign] = await session.ask(
    `SELECT COUNT(*) FROM information_schema.referential_constraints
     WHERE unique_constraint_schema = ${quoteLiteral(schema)}
       AND NOT ${isSchema("constraint_schema", schema)}`,
  );
  if (foreign !== "0") {
    throw new AppError("ENGINE_UNSUPPORTED", "foreign keys of other schemas point to this one");
  }
  const versioned = (await tablesOf(session, schema)).filter((t) => t.kind === "SYSTEM VERSIONED");
  if (versioned.length > 0) {
    throw new AppError("ENGINE_UNSUPPORTED", "the live schema has versioned tables", {
      detail: { count: versioned.length },
    });
  }
}
