/** What SQLite files and trees may hold that careless tools trip over, all the way to a restore and back. */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { runBackup } from "#agent/backup/run-backup.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { HARD_NAMES } from "#support/hard-names.ts";
import { peakMemory } from "#support/peak-memory.ts";
import { tempDir } from "#support/temp-dir.ts";
import { type TestTarget, type WorkContext, workContext } from "#support/work-context.ts";
import { shows } from "../fault/faults.ts";

const isFull = process.env["PULIH_FAULT"] === "full";
const MB = 1_000_000;
/** In the full programme as much as anybody's office has in one file. */
const TABLES = isFull ? 10_000 : 500;
const ROWS_MB = isFull ? 1_000 : 440;
const SHORT_MB = 40;
const WIDEST_MB = isFull ? 200 : 10;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function change(path: string, act: (db: DatabaseSync) => unknown): void {
  const db = new DatabaseSync(path);
  try {
    act(db);
  } finally {
    db.close();
  }
}

function insertRows(db: DatabaseSync, count: number, megabytes = 1): void {
  const insert = db.prepare("INSERT INTO lebar (isi) VALUES (randomblob(?))");
  for (let row = 0; row < count; row += 1) insert.run(megabytes * MB);
}

/** Backs up, loses everything, restores; what was there is there again, as `read` tells. */
async function assertComesBack(
  agent: WorkContext,
  target: TestTarget,
  lose: () => Promise<void>,
  read: () => Promise<unknown>,
  job = "job-1",
): Promise<void> {
  const before = await read();
  const { alias } = target;
  const { summary } = await runBackup(agent.ctx, agent.work(), alias, "backup");
  await lose();
  await runRestore(agent.ctx, agent.work(), {
    job,
    choices: [{ alias, backup: summary.id }],
    manifests: { [summary.id]: summary.manifest },
  });
  expect(await read()).toEqual(before);
}

/** By another program: kinds and bytes of all values of a table, as SQLite writes them in hex. */
async function bytesOf(file: string): Promise<string[]> {
  const program = `
    const { DatabaseSync } = require("node:sqlite");
    const db = new DatabaseSync(process.argv[1], { readOnly: true });
    const [{ encoding }] = db.prepare("PRAGMA encoding").all();
    const rows = db.prepare("SELECT typeof(v) AS t, hex(CAST(v AS BLOB)) AS h FROM nilai ORDER BY id").all();
    console.log(JSON.stringify([encoding, ...rows.map(({ t, h }) => t + " " + h)]));`;
  const args = ["--no-warnings", "-e", program, file];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as string[];
}

describe("bytes in a SQLite database", () => {
  it.each(["UTF-8", "UTF-16le", "UTF-16be"])(
    "come back to the bit, in a database of %s",
    { tags: shows("sqlite", 41) },
    async (encoding) => {
      await using dir = await tempDir();
      const berkas = join(dir.path, "nilai.db");
      change(berkas, (db) => {
        db.exec(`PRAGMA encoding = '${encoding}'; CREATE TABLE nilai (id INTEGER PRIMARY KEY, v)`);
        const insert = db.prepare("INSERT INTO nilai (v) VALUES (?)");
        const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
        for (const value of [
          every,
          Buffer.alloc(9),
          "é 😀 \u{1F469}‍👧",
          "",
          0,
          -0.0,
          1e300,
          null,
        ]) {
          insert.run(value);
        }
        // No text in any encoding, a zero byte in the middle, half a pair, half a character.
        for (const hex of ["ff00fe", "610062", "3dd8", "c3"]) {
          db.exec(`INSERT INTO nilai (v) VALUES (CAST(x'${hex}' AS TEXT))`);
        }
      });
      const target: TestTarget = { alias: "nilai", engine: "sqlite", berkas };
      await using agent = await workContext({ targets: [target] });
      expect((await bytesOf(berkas))[0]).toBe(encoding);
      await assertComesBack(
        agent,
        target,
        async () => change(berkas, (db) => db.exec("UPDATE nilai SET v = 'hilang'")),
        () => bytesOf(berkas),
      );
    },
  );
});

describe("names that shells and careless quoters trip over", () => {
  it("come back to the letter, of tables, columns and the file itself", {
    tags: shows("sqlite", 42),
  }, async () => {
    await using dir = await tempDir();
    const targets = HARD_NAMES.map((name, index): TestTarget => {
      const berkas = join(dir.path, name.replaceAll("/", "-"));
      change(berkas, (db) => {
        for (const one of HARD_NAMES) {
          db.exec(`CREATE TABLE ${quoted(one)} (${quoted(name)} TEXT)`);
          db.prepare(`INSERT INTO ${quoted(one)} VALUES (?)`).run(one);
        }
      });
      return { alias: `t${index}`, engine: "sqlite", berkas };
    });
    await using agent = await workContext({ targets });
    const names = await readdir(dir.path);
    // Every name as the file's in the full programme; else those with the most in them.
    for (const [index, target] of targets.entries()) {
      if (target.engine !== "sqlite" || (!isFull && index % 3 !== 0)) continue;
      const { berkas } = target;
      const read = async () => {
        const db = new DatabaseSync(berkas, { readOnly: true });
        const found = HARD_NAMES.map((one) => db.prepare(`SELECT * FROM ${quoted(one)}`).get());
        db.close();
        return found.map((row) => JSON.stringify(row));
      };
      await using one = await workContext({ targets: [target] });
      await assertComesBack(one, target, () => rm(berkas), read);
    }
    expect((await readdir(dir.path)).sort()).toEqual(names.sort());
    expect(agent.logged).toEqual([]);
  });

  it("come back to the letter, of files, links and the directory itself", {
    tags: shows("directory", 42),
  }, async () => {
    await using dir = await tempDir();
    const direktori = join(dir.path, HARD_NAMES.slice(0, 4).join(" ").replaceAll("/", "-"));
    const nameOf = (name: string): string => join(direktori, name.replaceAll("/", "-"));
    for (const name of HARD_NAMES) {
      await mkdir(nameOf(`d ${name}`), { recursive: true });
      await writeFile(nameOf(name), name);
      await writeFile(join(nameOf(`d ${name}`), name.replaceAll("/", "-")), name);
    }
    const target: TestTarget = { alias: "nama", engine: "directory", direktori };
    await using agent = await workContext({ targets: [target] });
    const read = async () => {
      const found = await readdir(direktori, { recursive: true, withFileTypes: true });
      const files = found.filter((one) => one.isFile());
      const read = files.map(async ({ parentPath, name }) => [
        join(parentPath, name),
        await readFile(join(parentPath, name), "utf8"),
      ]);
      return (await Promise.all(read)).map((pair) => pair.join("\0")).sort();
    };
    expect(await read()).toHaveLength(2 * HARD_NAMES.length);
    await assertComesBack(agent, target, () => rm(direktori, { recursive: true }), read);
    expect(await readdir(dir.path)).toHaveLength(1);
  });
});

describe("a SQLite database of very many tables and very wide rows", () => {
  it("goes and comes back in memory that its size does not change", {
    tags: shows("sqlite", 40),
    timeout: 900_000,
  }, async () => {
    await using dir = await tempDir();
    const berkas = join(dir.path, "besar.db");
    const target: TestTarget = { alias: "besar", engine: "sqlite", berkas };
    change(berkas, (db) => {
      db.exec("PRAGMA synchronous = OFF; BEGIN");
      for (let table = 0; table < TABLES; table += 1) {
        db.exec(`CREATE TABLE t${table} (a); INSERT INTO t${table} VALUES (${table})`);
      }
      db.exec("COMMIT; CREATE TABLE lebar (id INTEGER PRIMARY KEY, isi BLOB)");
      insertRows(db, SHORT_MB);
      insertRows(db, 1, WIDEST_MB);
    });
    await using agent = await workContext({ targets: [target] });
    const read = async () => {
      const db = new DatabaseSync(berkas, { readOnly: true });
      const sql =
        "SELECT count(*) AS rows, sum(length(isi)) AS bytes, max(length(isi)) AS widest FROM lebar";
      const found = { ...db.prepare(sql).get() };
      db.close();
      return found;
    };
    const lose = async () =>
      change(berkas, (db) => db.exec("DELETE FROM lebar WHERE id > 2; DROP TABLE t7"));
    const comeBack = (job: string) => assertComesBack(agent, target, lose, read, job);
    const short = await peakMemory(() => comeBack("job-1"));
    change(berkas, (db) => insertRows(db, ROWS_MB - SHORT_MB));
    expect(await read()).toEqual({
      rows: ROWS_MB + 1,
      bytes: (ROWS_MB + WIDEST_MB) * MB,
      widest: WIDEST_MB * MB,
    });
    const long = await peakMemory(() => comeBack("job-2"));
    // What waits for a collection levels off near 110 MB; a copy held whole would go on growing.
    expect(long - short).toBeLessThan(((ROWS_MB - SHORT_MB) * MB) / 2);
  });
});
