/**
 * An agent's calendar as a program: asks what is due, says it, waits for a line, and runs it.
 *
 *   node rival-scheduler.ts <world>      its targets stand in <world>/targets.json
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { runBackup } from "#agent/backup/run-backup.ts";
import { runDrill } from "#agent/care/run-drill.ts";
import { createScheduler } from "#agent/care/scheduler.ts";
import { workContext } from "#support/work-context.ts";

const [world = ""] = process.argv.slice(2);
const targets = JSON.parse(await readFile(join(world, "targets.json"), "utf8"));
await using one = await workContext({ dir: world, targets });
const scheduler = createScheduler(one.ctx, {
  backup: (ctx, work, alias) => runBackup(ctx, work, alias, "backup"),
  drill: runDrill,
});
const due = await scheduler.due();
process.stdout.write(`${JSON.stringify(due)}\n`);
const lines = createInterface({ input: process.stdin });
for await (const _line of lines) break;
lines.close();
if (due) await scheduler.run(due, new AbortController().signal);
process.stdout.write(`${JSON.stringify(one.logged.map(({ message }) => message))}\n`);
