import { AppError, isAppError } from "#domain/errors.ts";
import type { EngineIo } from "../engine.ts";
import type { SqlSession } from "../sql-session.ts";
import { connect, type PostgresTarget, quoteLiteral } from "./connect.ts";

/** A question of the operator is answered by a figure or a few rows, not by a table. */
const ROWS_MAX = 1_000;
const CHARACTERS_MAX = 64 * 1024;

/**
 * What one statement answers in a database. It is handed over as a literal and opened as a cursor in
 * a read-only transaction: only one query can be opened so, which can neither end the transaction
 * nor be taken for a command of the client. NULL is an empty text.
 */
export async function answerIn(
  target: PostgresTarget,
  database: string,
  statement: string,
  io: EngineIo,
): Promise<string> {
  await using session = await connect(target, database, io, { separator: "\t" });
  const lines = await ask(session, statement).catch((error: unknown) => {
    const isOfStatement = isAppError(error) && error.code === "ENGINE_DUMP_FAILED";
    if (!isOfStatement) throw error;
    throw new AppError("ENGINE_ANSWER", "the statement failed", {
      detail: { sqlState: error.detail.sqlState ?? null },
    });
  });
  const answer = lines.join("\n");
  if (lines.length > ROWS_MAX || answer.length > CHARACTERS_MAX) {
    throw new AppError("ENGINE_ANSWER", "the answer is too long");
  }
  return answer.trim();
}

async function ask(session: SqlSession, statement: string): Promise<string[]> {
  await session.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  // The names that users see: as in the database's own settings.
  await session.ask("SET LOCAL search_path TO DEFAULT");
  await session.ask("SET LOCAL statement_timeout = '10min'");
  const open = `DECLARE c refcursor := 'pulih_answer';
    BEGIN OPEN c FOR EXECUTE ${quoteLiteral(statement.replace(/[;\s]+$/, ""))}; END`;
  await session.ask(`DO ${quoteLiteral(open)}`);
  return await session.ask(`FETCH FORWARD ${ROWS_MAX + 1} FROM pulih_answer`);
}
