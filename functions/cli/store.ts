import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { openDatabase } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import { readSettings } from "../env.ts";
import { rebuild } from "../services/requests/rebuild.ts";
import { leaf, run } from "./run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export function migrateCommand(): Command {
  return leaf("migrate", "Perbarui skema basis data.").action(
    async (options: { json?: boolean }) => {
      const { databaseUrl: url, databaseToken: authToken } = readSettings(process.env, root);
      const db = await openDatabase({ url, authToken });
      try {
        const answer = await migrate(db);
        process.stdout.write(
          options.json ? `${JSON.stringify(answer)}\n` : `${answer.applied} migrasi diterapkan.\n`,
        );
      } finally {
        db.close();
      }
    },
  );
}

export function rebuildCommand(): Command {
  return leaf("rebuild", "Susun ulang semua proyeksi dari kejadian.")
    .option("--check", "hanya bandingkan, tanpa menulis; kode keluar 3 bila ada yang berbeda")
    .action(async (options: { json?: boolean; check?: boolean }) => {
      await run(
        options,
        async (deps) => {
          const answer = await rebuild(deps, { dryRun: options.check === true });
          const amiss = answer.differing.length + answer.cellsDiffering.length;
          if (options.check && amiss > 0) process.exitCode = 3;
          return answer;
        },
        ({ requests, differing, cells, cellsDiffering }) =>
          `${requests} permohonan, ${differing.length} berbeda; ${cells} hitungan publik, ${cellsDiffering.length} berbeda.`,
      );
    });
}
