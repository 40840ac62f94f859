import { type Client, type InStatement, LibsqlBatchError, type ResultSet } from "@libsql/client";

interface Waiting {
  readonly statement: InStatement;
  readonly resolve: (result: ResultSet | Promise<ResultSet>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts the statements that are asked for in one turn of the event loop into one transaction, since
 * every commit waits for the disk. Each is answered after the commit, in the order of asking, and
 * sees what those before it changed.
 */
export function shareCommits(
  client: Pick<Client, "batch" | "execute">,
): (statement: InStatement) => Promise<ResultSet> {
  let gathered: Waiting[] = [];
  const commit = async (): Promise<void> => {
    const due = gathered;
    gathered = [];
    try {
      const results = await client.batch(
        due.map(({ statement }) => statement),
        "write",
      );
      for (const [at, { resolve }] of due.entries()) resolve(results[at] as ResultSet);
    } catch (error) {
      // One that failed took the others back with it, so nothing was done: now each for itself.
      const alone = due.length > 1 && error instanceof LibsqlBatchError;
      for (const { statement, resolve, reject } of due) {
        if (alone) resolve(client.execute(statement));
        else reject(error);
      }
    }
  };
  return (statement) =>
    new Promise((resolve, reject) => {
      if (gathered.length === 0) setImmediate(() => void commit());
      gathered.push({ statement, resolve, reject });
    });
}
