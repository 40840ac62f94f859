/**
 * An application as SOPs mean it: a database and its files, side by side in one folder. For tests of
 * what must hold of both at once.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import type { TestTarget } from "./work-context.ts";

const run = promisify(execFile);

export interface SmallApplication {
  readonly folder: string;
  readonly targets: readonly [TestTarget, TestTarget];
  /** Rows changed, a table dropped; a file changed, a folder removed. */
  damage(): Promise<void>;
  /** Digests of every byte of the database's file and of the files. */
  state(): Promise<ApplicationState>;
  /** As `state`, but of the database's rows: SQLite counts in the file's header who wrote it. */
  content(): Promise<ApplicationState>;
  /** Names in the folder that are neither the database nor the files. */
  remains(): Promise<string[]>;
  /** The application at work; throws where it is kept out. */
  write(): Promise<void>;
}

export interface ApplicationState {
  readonly database: string;
  readonly files: string;
}

/** Makes the application in `folder`, or finds the one that is there. */
export async function smallApplication(folder: string): Promise<SmallApplication> {
  const database = join(folder, "data.db");
  const files = join(folder, "berkas");
  const names = await readdir(folder).catch(() => [] as string[]);
  if (!names.includes("data.db")) {
    await mkdir(join(files, "surat"), { recursive: true });
    await writeFile(join(files, "index.html"), "<h1>Layanan</h1>");
    await writeFile(join(files, "surat", "1.pdf"), "x".repeat(200_000));
    execute(
      database,
      `CREATE TABLE pegawai (id INTEGER PRIMARY KEY, nama TEXT);
       CREATE TABLE jabatan (id INTEGER PRIMARY KEY, nama TEXT);
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
         INSERT INTO pegawai (nama) SELECT 'Pegawai ' || i FROM n;
       INSERT INTO jabatan (nama) VALUES ('Kepala Dinas'), ('Kepala Bidang');`,
    );
  }
  return {
    folder,
    targets: [
      { alias: "basis-data", engine: "sqlite", berkas: database },
      { alias: "berkas", engine: "directory", direktori: files },
    ],
    async damage() {
      execute(database, "UPDATE pegawai SET nama = 'rusak' WHERE id % 3 = 0; DROP TABLE jabatan;");
      await rm(join(files, "surat"), { recursive: true });
      await appendFile(join(files, "index.html"), "rusak");
    },
    state: async () => ({
      database: await digestOf("cat", [database]),
      files: await digestOf("tar", ["-c", "--sort=name", "--mtime=@0", "-C", files, "."]),
    }),
    content: async () => ({
      database: await digestOf(process.execPath, ["--no-warnings", "-e", READ_ALL, database]),
      files: await digestOf("tar", ["-c", "--sort=name", "--mtime=@0", "-C", files, "."]),
    }),
    async remains() {
      return (await readdir(folder)).filter((name) => name !== "data.db" && name !== "berkas");
    },
    async write() {
      execute(database, "INSERT INTO pegawai (nama) VALUES ('baru')");
      await writeFile(join(files, "baru.txt"), "baru");
    },
  };
}

/** A reader that knows nothing of the engine. */
const READ_ALL = `
  const { DatabaseSync } = require("node:sqlite");
  const db = new DatabaseSync(process.argv[1], { readOnly: true });
  for (const { name, sql } of db.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all()) {
    console.log(sql, JSON.stringify(db.prepare("SELECT * FROM " + name + " ORDER BY id").all()));
  }`;

async function digestOf(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, {
    encoding: "buffer",
    maxBuffer: 64 * 1024 * 1024,
  });
  return createHash("sha256").update(stdout).digest("hex");
}

function execute(database: string, sql: string): void {
  const db = new DatabaseSync(database, { timeout: 0 });
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}
