import { createHash } from "node:crypto";
import type { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { Completed, Host } from "../process/host.ts";

/** How long a client program may take to say goodbye before it is ended. */
const FAREWELL_MS = 10_000;

/**
 * One conversation with a server through its own client program (psql, mariadb): statements go in
 * by stdin, so that neither passwords nor data stand in argv, and one session keeps its snapshot,
 * its locks and its transaction as long as it is open.
 */
export interface SqlSession {
  /** Runs statements, without their last semicolon; answers the lines of their results. */
  ask(sql: string): Promise<string[]>;
  /** As `ask`, for a query whose every row is one line of JSON. */
  rows<Schema extends z.ZodType>(schema: Schema, sql: string): Promise<z.output<Schema>[]>;
  /**
   * As `ask`, line by line and without holding them. Whatever else is asked waits for the last line;
   * who leaves early ends the session.
   */
  stream(sql: string): AsyncIterable<string>;
  /** Runs a whole script as it stands, with its own terminators. */
  script(text: string): Promise<void>;
  /** Ends the client; the server rolls back what is open and lets go of locks. Idempotent. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SqlSessionOptions {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The first statements of the session. */
  readonly settings: string;
  /** Turns the end of the client into an error; stderr may hold rows and must not leave this call. */
  readonly failure: (ending: Completed) => AppError;
}

/** Opens a session with its settings made. Rejects where the client cannot sign in. */
export async function openSqlSession(host: Host, options: SqlSessionOptions): Promise<SqlSession> {
  const session = await startSession(host, options);
  try {
    await session.ask(options.settings);
    return session;
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

/** Starts the client. It signs in on the first `ask`, which fails where that fails. */
async function startSession(host: Host, options: SqlSessionOptions): Promise<SqlSession> {
  const client = await host.spawn(options.argv, {
    env: options.env ?? {},
    ...(options.signal ? { signal: options.signal } : {}),
    stdin: "lines",
    stdout: "lines",
  });
  const lines = client.lines[Symbol.asyncIterator]();
  let sequence = 0;
  let last: Promise<unknown> = Promise.resolve();
  let isOver = false;

  async function* answerTo(script: string): AsyncGenerator<string> {
    if (isOver) throw new AppError("INTERNAL", "SQL session is over");
    sequence += 1;
    // Rows are JSON or plain figures, so that no row can be taken for the mark.
    const mark = `--- answered ${sequence} ---`;
    client.write(`${script}\nSELECT '${mark}';`);
    // Until the mark came nobody may ask again.
    isOver = true;
    for (;;) {
      const line = await lines.next();
      if (line.done) throw failureOf(await client.exit, options);
      if (line.value === mark) break;
      yield line.value;
    }
    isOver = false;
  }
  const exchange = async (script: string): Promise<string[]> => {
    const answer: string[] = [];
    for await (const line of answerTo(script)) answer.push(line);
    return answer;
  };
  /** Answers come in the order of the questions, so questions wait for each other. */
  const inTurn = (script: string): Promise<string[]> => {
    const answer = last.then(
      () => exchange(script),
      () => exchange(script),
    );
    last = answer.catch(() => undefined);
    return answer;
  };

  async function* streamed(script: string): AsyncGenerator<string> {
    const turn = Promise.withResolvers<void>();
    const before = last;
    last = turn.promise;
    try {
      await before;
      yield* answerTo(script);
    } finally {
      turn.resolve();
    }
  }

  return {
    ask: (sql) => inTurn(`${sql};`),
    stream: (sql) => streamed(`${sql};`),
    rows: async (schema, sql) => (await inTurn(`${sql};`)).map((line) => parseRow(schema, line)),
    script: async (text) => {
      await inTurn(text);
    },
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      client.end();
      const force = setTimeout(() => client.kill(), FAREWELL_MS);
      await client.exit;
      clearTimeout(force);
    },
  };
}

/** The parser's own errors quote what they could not read. */
function parseRow<Schema extends z.ZodType>(schema: Schema, line: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    throw new AppError("INTERNAL", "a SQL answer has another shape than expected");
  }
}

function failureOf(ending: Completed, options: SqlSessionOptions): AppError {
  if (options.signal?.aborted) return new AppError("JOB_CANCELLED", "SQL session was called off");
  return options.failure(ending);
}

/**
 * Name of a side or former copy: at most 63 bytes, letters, digits and underscores only, so that it
 * needs no quoting anywhere; other targets in the same job get other names.
 */
export function copyName(given: string, database: string): string {
  const readable = given
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, "_")
    .slice(0, 44);
  const proof = createHash("sha256").update(`${given}\0${database}`).digest("hex").slice(0, 10);
  return `pulih_${readable}_${proof}`;
}

/** What `copyName` was given for this database; null where the name is none of its, or of another. */
export function givenName(copy: string, database: string): string | null {
  const given = /^pulih_([a-z0-9_]+)_[0-9a-f]{10}$/.exec(copy)?.[1];
  return given !== undefined && copyName(given, database) === copy ? given : null;
}
