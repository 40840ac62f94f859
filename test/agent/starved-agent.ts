/**
 * An agent's job as a program, to be starved of what every program needs: it says its process id, then
 * runs one approved backup for each line of its input and says what came of it, until the input ends.
 *
 *   node starved-agent.ts <world>      its targets stand in <world>/targets.json
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EFFECTS } from "#agent/loop/effects.ts";
import { runJob } from "#agent/loop/run-job.ts";
import { workContext } from "#support/work-context.ts";
import { approvedParts } from "./approved-offer.ts";

const [world = ""] = process.argv.slice(2);
const targets = JSON.parse(await readFile(join(world, "targets.json"), "utf8"));
await using one = await workContext({ dir: world, targets });
await one.ctx.vault("gudang").prepare();
const choices = one.ctx.config.targets.map(({ alias }) => ({ alias, backup: null }));
process.stdout.write(`${process.pid}\n`);
for await (const job of createInterface({ input: process.stdin })) {
  const { spec } = await approvedParts({ job, choices });
  const { outcome, error, targets: made } = await runJob(one.ctx, EFFECTS, one.work({ job }), spec);
  const backups = made.map(({ backup }) => backup?.id);
  process.stdout.write(`${JSON.stringify({ outcome, code: error?.code ?? null, backups })}\n`);
}
