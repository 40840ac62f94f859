import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "#db/client.ts";
import { brokenPromise, guard } from "#db/guard.ts";
import { MIGRATIONS, migrate } from "#db/migrate.ts";
import { requestEvents, sopVersions } from "#db/schema/requests.ts";

describe("the database", () => {
  let directory: string;
  let db: Database;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "pulih-db-"));
    db = await openDatabase({ url: `file:${join(directory, "uji.db")}` });
  });
  afterEach(async () => {
    db.close();
    await rm(directory, { recursive: true, force: true });
  });

  const version = (digest: string) =>
    db.orm.insert(sopVersions).values({ digest, slug: "s", json: "{}", storedAt: "t" });
  const count = async () => (await db.orm.select().from(sopVersions)).length;

  it("applies every migration once, and its ledger is as long as the journal", async () => {
    const journal = JSON.parse(
      await readFile(join(MIGRATIONS, "meta", "_journal.json"), "utf8"),
    ) as {
      entries: { idx: number; tag: string; when: number }[];
    };
    expect(await migrate(db)).toEqual({ applied: journal.entries.length });
    expect(await migrate(db)).toEqual({ applied: 0 });
    const whens = journal.entries.map(({ when }) => when);
    expect(whens).toEqual([...new Set(whens)].sort((a, b) => a - b));
    expect(journal.entries.map(({ idx }) => idx)).toEqual(whens.map((_, index) => index));
    const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith(".sql")).sort();
    expect(files).toEqual(journal.entries.map(({ tag }) => `${tag}.sql`));
    expect(files.every((name, index) => name.startsWith(String(index).padStart(4, "0")))).toBe(
      true,
    );
  });

  it("refuses a file that a newer program wrote", async () => {
    await migrate(db);
    await db.orm.run(
      sql`INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('baru', 99999999999999)`,
    );
    await expect(migrate(db)).rejects.toMatchObject({ code: "DB_MIGRATION" });
  });

  it("commits safely by default: WAL, synchronous FULL, foreign keys on", async () => {
    const pragma = (name: string) => db.orm.get<Record<string, unknown>>(sql.raw(`PRAGMA ${name}`));
    expect(await pragma("journal_mode")).toEqual({ journal_mode: "wal" });
    expect(await pragma("synchronous")).toEqual({ synchronous: 2 });
    expect(await pragma("foreign_keys")).toEqual({ foreign_keys: 1 });
  });

  it("writes a batch wholly or not at all, by a guard as by a unique index", async () => {
    await migrate(db);
    const broken = await db
      .write([version("a"), guard(sql`1 = 0`)])
      .catch((error: unknown) => error);
    expect(brokenPromise(broken)).toBe("guard");
    expect(await count()).toBe(0);
    await db.write([guard(sql`1 = 1`), version("a")]);
    const twice = await db.write([version("b"), version("a")]).catch((error: unknown) => error);
    expect(brokenPromise(twice)).toBe("unique");
    expect(await count()).toBe(1);
    expect(brokenPromise(new Error("lain"))).toBeNull();
  });

  it("takes one of many writers of the same version of a stream, and loses no other write", async () => {
    await migrate(db);
    const append = (hash: string) =>
      db.write([
        version(hash),
        db.orm.insert(requestEvents).values({ stream: "s", version: 1, bytes: "{}", hash }),
      ]);
    const all = await Promise.allSettled(Array.from({ length: 50 }, (_, at) => append(`h${at}`)));
    expect(all.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    expect(await count()).toBe(1);
    await Promise.all(Array.from({ length: 50 }, (_, at) => db.write([version(`v${at}`)])));
    expect(await count()).toBe(51);
  });
});
