import { definitionChanges } from "../definition-changes.ts";
import type { SideNames, UnitChange } from "../engine.ts";
import { changesBetween } from "../mariadb/compare.ts";
import { quoteIdent } from "../mariadb/connect.ts";
import { digestOf } from "../mariadb/digest.ts";
import { isFilled } from "../server-folder.ts";
import { withCopy } from "../server-keeping.ts";
import type { SqlSession } from "../sql-session.ts";
import { rightsOf } from "./rights.ts";
import { schemaDefinitions, schemasOf } from "./schemas.ts";
import { session as open, type Server } from "./server.ts";

/** Table by table through both servers, which run side by side meanwhile; only hashes leave them. */
export async function compare(server: Server, names: SideNames): Promise<readonly UnitChange[]> {
  const { target, io, keeping } = server;
  return await withCopy(keeping, "side", names, io, async (sideSocket) => {
    await using side = await inSnapshot(server, sideSocket);
    const theirs = await schemasOf(side);
    const changes: UnitChange[] = [];
    if (!(await isFilled(target.direktori, io))) {
      for (const schema of theirs) changes.push(...(await wholeOf(side, schema, "added")));
      return changes;
    }
    return await withCopy(keeping, "live", names, io, async (liveSocket) => {
      await using live = await inSnapshot(server, liveSocket);
      const mine = await schemasOf(live);
      for (const schema of new Set([...mine, ...theirs])) {
        if (!theirs.includes(schema)) changes.push(...(await wholeOf(live, schema, "lost")));
        else if (!mine.includes(schema)) changes.push(...(await wholeOf(side, schema, "added")));
        else {
          const found = await changesBetween({ session: live, schema }, { session: side, schema });
          changes.push(...found.map((change) => inSchema(schema, change)));
        }
      }
      for (const definitionsOf of [schemaDefinitions, rightsOf]) {
        changes.push(
          ...(await definitionChanges(await definitionsOf(live), await definitionsOf(side))),
        );
      }
      return changes;
    });
  });
}

/** A schema that only one of both has. */
async function wholeOf(
  session: SqlSession,
  schema: string,
  as: "added" | "lost",
): Promise<UnitChange[]> {
  const { content } = await digestOf(session, schema);
  return content.entries
    .filter(({ count }) => count > 0)
    .map(({ name, count }) =>
      inSchema(schema, { name, added: 0, changed: 0, lost: 0, [as]: count }),
    );
}

function inSchema(schema: string, change: UnitChange): UnitChange {
  return { ...change, name: `${quoteIdent(schema)}.${change.name}` };
}

async function inSnapshot(server: Server, socket: string | null): Promise<SqlSession> {
  // Rows come as the server finds them; the client would hold all of an answer otherwise.
  const session = await open(server, socket, ["--quick"]);
  await session.ask("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  await session.ask("START TRANSACTION WITH CONSISTENT SNAPSHOT");
  return session;
}
