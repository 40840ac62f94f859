/**
 * What the agent says, logs, signs and passes to programs, while it backs up and restores databases
 * whose password and rows carry marks, and while that fails.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBackup } from "#agent/backup/run-backup.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { type MariadbServer, startMariadb } from "#support/mariadb.ts";
import { type PostgresServer, startPostgres } from "#support/postgres.ts";
import { type TestTarget, type WorkContext, workContext } from "#support/work-context.ts";

const ROW = "RAHASIA-BARIS-4711";
const stack = new AsyncDisposableStack();
let postgres: PostgresServer;
let mariadb: MariadbServer;
let targets: TestTarget[];
let secrets: string[];

beforeAll(async () => {
  postgres = stack.use(await startPostgres());
  mariadb = stack.use(await startMariadb());
  const optionFile = await mariadb.optionFile();
  await postgres.psql("postgres", "CREATE DATABASE arsip");
  await mariadb.sql("", "CREATE DATABASE arsip CHARACTER SET utf8mb4");
  const content = `CREATE TABLE t (id INT PRIMARY KEY, isi VARCHAR(100)); INSERT INTO t VALUES (1, '${ROW}'), (2, '${ROW}')`;
  await postgres.psql("arsip", content);
  await mariadb.sql("arsip", content);
  targets = [
    {
      alias: "arsip-pg",
      engine: "postgres",
      host: postgres.host,
      port: postgres.port,
      database: "arsip",
      pengguna: postgres.superuser,
      berkasSandi: postgres.passFile,
    },
    { alias: "arsip-my", engine: "mariadb", database: "arsip", berkasOpsi: optionFile },
  ];
  const password = /^password\s*=\s*"?([^"\n]+)/m.exec(readFileSync(optionFile, "utf8"))?.[1];
  secrets = [ROW, postgres.password, password ?? ""];
  expect(secrets.every((secret) => secret.length > 8)).toBe(true);
}, 60_000);

afterAll(() => stack.disposeAsync());

/** Command lines and environments of all programs, looked at as often as the loop allows. */
function watchPrograms(): { stop(): string } {
  const seen = new Set<string>();
  const look = (): void => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      for (const part of ["cmdline", "environ"]) {
        try {
          seen.add(readFileSync(`/proc/${pid}/${part}`, "utf8"));
        } catch {
          // Gone, or another user's.
        }
      }
    }
  };
  const timer = setInterval(look, 10);
  return {
    stop: () => {
      clearInterval(timer);
      return [...seen].join("\n");
    },
  };
}

function expectSilence(work: WorkContext, programs: string, outcome: unknown): void {
  // The watch saw the programs at work, else it proves nothing.
  expect(programs).toMatch(/pg_dump|mariadb-dump/);
  const said = JSON.stringify({ told: work.told, logged: work.logged, outcome }, (_key, value) =>
    value instanceof Error ? { said: [value.name, value.message, value.cause], ...value } : value,
  );
  for (const secret of secrets) {
    expect(said.includes(secret), "a secret was said").toBe(false);
    expect(programs.includes(secret), "a secret was passed to a program").toBe(false);
  }
}

describe.each(["arsip-pg", "arsip-my"])("%s", (alias) => {
  const damage = (): Promise<string> =>
    alias === "arsip-pg"
      ? postgres.psql("arsip", "DELETE FROM t WHERE id = 1")
      : mariadb.sql("arsip", "DELETE FROM t WHERE id = 1");

  it("is backed up and restored without a password or a row leaving it", async () => {
    await using work = await workContext({ targets });
    const programs = watchPrograms();
    const { summary, manifest } = await runBackup(work.ctx, work.work(), alias, "backup");
    await damage();
    const results = await runRestore(work.ctx, work.work(), {
      job: "job-1",
      choices: [{ alias, backup: summary.id }],
      manifests: { [summary.id]: summary.manifest },
    });
    expect(results[0]?.restore?.digestsEqual).toBe(true);
    expectSilence(work, programs.stop(), { summary, manifest, results });
  });

  it("fails to be restored without a password or a row leaving it", async () => {
    // The side copy differs from its backup: the loader has seen rows, and an error is made.
    await using work = await workContext({
      targets,
      engine: (engine) => ({
        ...engine,
        digest: async (...given) => {
          const found = await engine.digest(...given);
          return given[1] === "side" ? { ...found, digest: "0".repeat(64), entries: [] } : found;
        },
      }),
    });
    const programs = watchPrograms();
    const { summary } = await runBackup(work.ctx, work.work(), alias, "backup");
    const failure = await runRestore(work.ctx, work.work(), {
      job: "job-2",
      choices: [{ alias, backup: summary.id }],
      manifests: { [summary.id]: summary.manifest },
    }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ENGINE_DIGEST_MISMATCH" });
    expectSilence(work, programs.stop(), failure);
  });
});
