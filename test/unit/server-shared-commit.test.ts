import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient } from "@libsql/client";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, type Orm, openDatabase } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import { sopVersions } from "#db/schema/requests.ts";
import { shareCommits } from "#db/shared-commit.ts";

let directory: string;
let url: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "pulih-db-"));
  url = `file:${join(directory, "uji.db")}`;
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("statements of one turn", () => {
  let client: Client;
  /** How many statements each transaction had. */
  let commits: number[];
  let share: ReturnType<typeof shareCommits>;
  beforeEach(async () => {
    client = createClient({ url });
    await client.execute("CREATE TABLE sewa (id TEXT PRIMARY KEY, epoch INTEGER NOT NULL)");
    await client.execute("INSERT INTO sewa VALUES ('a', 0), ('b', 0), ('c', 0)");
    commits = [];
    share = shareCommits({
      batch: (statements, mode) => {
        commits.push(statements.length);
        return client.batch(statements, mode);
      },
      execute: (statement: Parameters<Client["execute"]>[0]) => client.execute(statement),
    });
  });
  afterEach(() => client.close());
  const raise = (id: string) =>
    share({ sql: "UPDATE sewa SET epoch = 1 WHERE id = ? AND epoch = 0", args: [id] });

  it("share one commit, and every one of them is on disk when the first is answered", async () => {
    const other = createClient({ url });
    const raised = async () => {
      const { rows } = await other.execute("SELECT count(*) AS n FROM sewa WHERE epoch = 1");
      return rows[0]?.["n"];
    };
    const seen = await Promise.all(["a", "b", "c"].map((id) => raise(id).then(raised)));
    expect(seen).toEqual([3, 3, 3]);
    expect(commits).toEqual([3]);
    other.close();
  });

  it("see what the former ones changed, so that one alone wins a compare-and-set", async () => {
    const won = await Promise.all([raise("a"), raise("a"), raise("b"), raise("a")]);
    expect(won.map(({ rowsAffected }) => rowsAffected)).toEqual([1, 0, 1, 0]);
    await raise("c");
    expect(commits).toEqual([4, 1]);
  });

  it("fail alone, and take none of the others with them", async () => {
    const told = await Promise.allSettled([
      raise("a"),
      share({ sql: "INSERT INTO sewa VALUES ('b', 0)", args: [] }),
      raise("b"),
    ]);
    expect(told.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const { rows } = await client.execute("SELECT id FROM sewa WHERE epoch = 1 ORDER BY id");
    expect(rows.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("all fail where the database itself does", async () => {
    client.close();
    const told = await Promise.allSettled([raise("a"), raise("b")]);
    expect(told.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});

describe("a statement that is asked again and again", () => {
  let db: Database;
  beforeEach(async () => {
    db = await openDatabase({ url });
    await migrate(db);
  });
  afterEach(() => db.close());

  it("is built once and takes other values each time", async () => {
    let built = 0;
    const add = (orm: Orm) => {
      built += 1;
      const digest = sql.placeholder("digest");
      return orm.insert(sopVersions).values({ digest, slug: "s", json: "{}", storedAt: "t" });
    };
    const all = (orm: Orm) => {
      built += 1;
      const slug = sql.placeholder("slug");
      return orm
        .select({ digest: sopVersions.digest })
        .from(sopVersions)
        .where(sql`${sopVersions.slug} = ${slug}`)
        .orderBy(sopVersions.digest)
        .prepare();
    };
    await Promise.all(["a", "b"].map((digest) => db.writeShared(add, { digest })));
    await db.writeShared(add, { digest: "c" });
    expect(await db.kept(all).execute({ slug: "s" })).toEqual(
      ["a", "b", "c"].map((digest) => ({ digest })),
    );
    expect(await db.kept(all).execute({ slug: "lain" })).toEqual([]);
    expect(built).toBe(2);
  });
});
