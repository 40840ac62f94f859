/** A whole restore of a database, for the time in which its users are kept from writing. */

import { runBackup } from "#agent/backup/run-backup.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import type { PostgresServer } from "#support/postgres.ts";
import { workContext } from "#support/work-context.ts";
import { type Row, rows } from "../report.ts";

export async function measureSwap(
  server: PostgresServer,
  database: string,
  dir: string,
): Promise<Row[]> {
  await using world = await workContext({
    dir: `${dir}/swap`,
    targets: [
      {
        alias: "db",
        engine: "postgres",
        host: server.host,
        port: server.port,
        database,
        pengguna: server.superuser,
        berkasSandi: server.passFile,
      },
    ],
  });
  const { summary } = await runBackup(world.ctx, world.work(), "db", "backup");
  const [result] = await runRestore(world.ctx, world.work({ job: "job-2" }), {
    job: "job-2",
    choices: [{ alias: "db", backup: summary.id }],
    manifests: { [summary.id]: summary.manifest },
  });
  const swapMs = result?.restore?.swapMs ?? null;
  return rows("PostgreSQL: swap", "s", swapMs === null ? null : swapMs / 1_000, "≤ 2");
}
