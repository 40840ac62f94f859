/**
 * Job queues that others use, on a PostgreSQL server of this machine; their jobs are neither signed
 * nor checked. Each job is fetched and completed by a client of this very process: two commits. The
 * server keeps its own defaults of durability, as the portal does: a commit waits for the disk.
 */
import { execFile } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "#support/eventually.ts";
import { type PostgresServer, startPostgres } from "#support/postgres.ts";
import type { Peer } from "../report.ts";

const run = promisify(execFile);

interface Boss {
  start(): Promise<unknown>;
  stop(options: { graceful: boolean }): Promise<void>;
  createQueue(name: string): Promise<void>;
  insert(name: string, jobs: { data: object }[]): Promise<unknown>;
  fetch(name: string): Promise<{ id: string }[]>;
  complete(name: string, id: string): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): void;
}

interface Graphile {
  runTaskListOnce(
    options: object,
    tasks: Record<string, () => void>,
    client: unknown,
  ): Promise<unknown>;
  runOnce(options: object): Promise<void>;
  makeWorkerUtils(options: object): Promise<{
    migrate(): Promise<void>;
    addJob(name: string, payload: object): Promise<unknown>;
    release(): Promise<void>;
  }>;
  Logger: new (factory: () => () => void) => object;
}

/** Jobs a second, one claim a job, so many at once. */
export async function measureQueues(
  directory: string,
  jobs: number,
  atOnce: number,
): Promise<Peer[]> {
  const folder = join(directory, "queues");
  await mkdir(folder, { recursive: true });
  await cp(join(import.meta.dirname, "peers"), folder, { recursive: true });
  await run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"], { cwd: folder });
  const load = createRequire(join(folder, "package.json"));
  await using server = await startPostgres({
    settings: { fsync: "on", full_page_writes: "on" },
  });
  const url = `postgres://${server.superuser}:${server.password}@127.0.0.1:${server.port}/postgres`;
  const peers = [
    { name: "pg-boss 12.35.0", value: await pgBoss(load, url, jobs, atOnce) },
    { name: "graphile-worker 0.16.6", value: await graphile(load, url, server, jobs, atOnce) },
  ];
  // Their pools say they have ended before the last connection has; one that the server cuts throws.
  await eventually("the queues have hung up", async () => (await clientsOf(server)) === 1);
  return peers;
}

/** The one that asks counts too. */
async function clientsOf(server: PostgresServer): Promise<number> {
  const sql = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'";
  return Number(await server.psql("postgres", sql));
}

async function pgBoss(
  load: NodeJS.Require,
  connectionString: string,
  jobs: number,
  atOnce: number,
): Promise<number> {
  const { PgBoss } = load("pg-boss") as { PgBoss: new (options: object) => Boss };
  const boss = new PgBoss({ connectionString, supervise: false, schedule: false, max: atOnce });
  boss.on("error", (error) => console.error(`bench:protocol: pg-boss: ${error.message}`));
  await boss.start();
  await boss.createQueue("bench");
  await boss.insert(
    "bench",
    Array.from({ length: jobs }, (_, at) => ({ data: { at } })),
  );
  const started = performance.now();
  let left = jobs;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const [job] = await boss.fetch("bench");
      if (job) await boss.complete("bench", job.id);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const ms = performance.now() - started;
  await boss.stop({ graceful: false });
  return (jobs * 1_000) / ms;
}

async function graphile(
  load: NodeJS.Require,
  connectionString: string,
  server: PostgresServer,
  jobs: number,
  concurrency: number,
): Promise<number> {
  const { makeWorkerUtils, runOnce, Logger } = load("graphile-worker") as Graphile;
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ connectionString, logger });
  await utils.migrate();
  await server.psql(
    "postgres",
    `SELECT count(graphile_worker.add_job('bench', '{}')) FROM generate_series(1, ${jobs})`,
  );
  const started = performance.now();
  const taskList = { bench: () => undefined };
  await runOnce({
    ...{ connectionString, concurrency, taskList, logger },
    ...{ maxPoolSize: concurrency + 1, noHandleSignals: true },
  });
  const ms = performance.now() - started;
  await utils.release();
  return (jobs * 1_000) / ms;
}
