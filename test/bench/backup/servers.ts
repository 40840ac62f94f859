/**
 * A whole server by its files beside the same data by rows: how long a backup takes until it is signed,
 * and, after all of it was lost, a restore until users read again. Everything of the agent is counted:
 * digests, reading back, proof of the copy, start of the server.
 */
import { rm } from "node:fs/promises";
import { runBackup } from "#agent/backup/run-backup.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { clusterTarget, clusterTemplate } from "#support/cluster.ts";
import { mariadbServerTarget, mariadbTemplate } from "#support/mariadb-files.ts";
import { type TestTarget, workContext } from "#support/work-context.ts";
import { type Row, rows } from "../report.ts";
import { fillMariadb, fillPostgres } from "./data.ts";

interface Ways {
  readonly name: string;
  readonly byFiles: TestTarget;
  readonly byRows: TestTarget;
  loseServer(): Promise<void>;
  loseDatabase(): Promise<void>;
  /** Throws where users cannot read. */
  read(): Promise<unknown>;
}

export async function measureServers(megabytes: number): Promise<Row[]> {
  return [...(await measureCluster(megabytes)), ...(await measureMariadb(megabytes / 2))];
}

async function measureCluster(megabytes: number): Promise<Row[]> {
  await using template = await clusterTemplate(
    (psql) => fillPostgres({ psql }, "uji", megabytes),
    "usual",
  );
  await using server = await template.start();
  return await measure({
    name: "PostgreSQL",
    byFiles: {
      alias: "server",
      ...clusterTarget(server),
    },
    byRows: {
      alias: "db",
      engine: "postgres",
      host: server.dir,
      database: "uji",
      pengguna: "postgres",
      berkasSandi: null,
    },
    loseServer: async () => {
      await server.crash();
      await rm(server.data, { recursive: true });
    },
    loseDatabase: async () => {
      await server.psql("postgres", "DROP DATABASE uji");
    },
    read: () => server.psql("uji", "SELECT 1 FROM pesanan LIMIT 1"),
  });
}

async function measureMariadb(megabytes: number): Promise<Row[]> {
  await using template = await mariadbTemplate(
    (sql) => fillMariadb({ sql }, "uji", megabytes),
    "usual",
  );
  await using server = await template.start();
  return await measure({
    name: "MariaDB",
    byFiles: {
      alias: "server",
      ...mariadbServerTarget(server),
    },
    byRows: {
      alias: "db",
      engine: "mariadb",
      database: "uji",
      berkasOpsi: server.optionFile,
    },
    loseServer: async () => {
      await server.crash();
      await rm(server.data, { recursive: true });
    },
    loseDatabase: async () => {
      await server.sql("", "DROP DATABASE uji");
    },
    read: () => server.sql("uji", "SELECT 1 FROM pesanan LIMIT 1"),
  });
}

async function measure(ways: Ways): Promise<Row[]> {
  const byRows = await timesOf(ways, ways.byRows, ways.loseDatabase);
  const byFiles = await timesOf(ways, ways.byFiles, ways.loseServer);
  const beside = (value: number) => [{ name: "the same by rows", value }];
  return [
    ...rows(
      `${ways.name}, whole server: backed up`,
      "s",
      byFiles.backup,
      null,
      beside(byRows.backup),
    ),
    ...rows(
      `${ways.name}, whole server lost: users read again`,
      "s",
      byFiles.restore,
      null,
      beside(byRows.restore),
    ),
  ];
}

async function timesOf(ways: Ways, target: TestTarget, lose: () => Promise<void>) {
  await using agent = await workContext({ targets: [target] });
  const { alias } = target;
  const made = await seconds(() => runBackup(agent.ctx, agent.work(), alias, "backup"));
  await lose();
  const { summary } = made.result;
  const back = await seconds(async () => {
    await runRestore(agent.ctx, agent.work(), {
      job: "job-1",
      choices: [{ alias, backup: summary.id }],
      manifests: { [summary.id]: summary.manifest },
    });
    await ways.read();
  });
  return { backup: made.seconds, restore: back.seconds };
}

async function seconds<Result>(act: () => Promise<Result>) {
  const start = performance.now();
  const result = await act();
  return { result, seconds: (performance.now() - start) / 1000 };
}
