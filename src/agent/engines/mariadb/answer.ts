import { AppError, isAppError } from "#domain/errors.ts";
import type { EngineIo } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, hexLiteral, type MariadbTarget, quoteIdent } from "./connect.ts";

/** A question of the operator is answered by a figure or a few rows, not by a table. */
const ROWS_MAX = 1_000;
const CHARACTERS_MAX = 64 * 1024;

/**
 * What one statement answers in a schema. It is handed over as a literal and prepared, which one
 * statement can be and no command of the client, in a session whose transactions are all read-only.
 */
export async function answerIn(
  target: MariadbTarget,
  schema: string,
  statement: string,
  io: EngineIo,
): Promise<string> {
  await using session = await connect(target, io);
  const lines = await ask(session, schema, statement).catch((error: unknown) => {
    const isOfStatement = isAppError(error) && !KEEP.has(error.code);
    if (!isOfStatement) throw error;
    throw new AppError("ENGINE_ANSWER", "the statement failed", {
      detail: { number: error.detail.number ?? null },
    });
  });
  const answer = lines.join("\n");
  if (lines.length > ROWS_MAX || answer.length > CHARACTERS_MAX) {
    throw new AppError("ENGINE_ANSWER", "the answer is too long");
  }
  return answer.trim();
}

/** These say something about server or job, not about the statement. */
const KEEP: ReadonlySet<string> = new Set(["ENGINE_CONNECT", "JOB_CANCELLED", "ENGINE_BUSY"]);

async function ask(session: SqlSession, schema: string, statement: string): Promise<string[]> {
  await session.ask(`USE ${quoteIdent(schema)}`);
  await session.ask("SET SESSION TRANSACTION READ ONLY");
  await session.ask(`SET SESSION max_statement_time = 600, sql_select_limit = ${ROWS_MAX + 1}`);
  await session.ask("START TRANSACTION READ ONLY");
  await session.ask(`SET @pulih_question = ${hexLiteral(statement.replace(/[;\s]+$/, ""))}`);
  await session.ask("PREPARE pulih_question FROM @pulih_question");
  return await session.ask("EXECUTE pulih_question");
}
