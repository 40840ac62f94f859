/** What may happen to the world of endurance-world.ts; each act leaves world and model alike. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { checkBackup } from "#agent/backup/check-backup.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import { keptRecords } from "#agent/care/drill-store.ts";
import { runDrill } from "#agent/care/run-drill.ts";
import { createScheduler } from "#agent/care/scheduler.ts";
import { planRetention } from "#agent/keep/plan-retention.ts";
import { retain } from "#agent/keep/retain.ts";
import { runDrop } from "#agent/restore/run-drop.ts";
import { runPreview } from "#agent/restore/run-preview.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { runRollback } from "#agent/restore/run-rollback.ts";
import { AppError } from "#domain/errors.ts";
import {
  ALIASES,
  type Alias,
  adoptBackups,
  DAY_MS,
  endOf,
  type Kept,
  type KnownBackup,
  type Model,
  marked,
  type State,
  type World,
} from "./endurance-world.ts";
import { killAt } from "./killed-world.ts";

export type Act = (model: Model, world: World) => Promise<void>;

/** Room for one scheduled run of each kind and target, the clearing and the daily look. */
const RUNS_MAX = 8;
const SAFETY_DAYS = 30;

export const usable = (model: Model, of: Alias): KnownBackup[] =>
  model.backups.filter(({ summary, isDamaged }) => summary.alias === of && !isDamaged);

function at<One>(list: readonly One[], index: number): One {
  const one = list[index % list.length];
  if (one === undefined) throw new Error("nothing to choose from");
  return one;
}

export function write(of: Alias, key: number, text: string | null): Act {
  return async (model, world) => {
    const value = text === null ? null : marked(text);
    await world.write(of, key, value);
    const { [`k${key}`]: _former, ...others } = model.live[of] ?? {};
    const content = value === null ? others : { ...others, [`k${key}`]: value };
    model.live = { ...model.live, [of]: content };
  };
}

export function lose(of: Alias): Act {
  return async (model, world) => {
    await world.remove(of);
    model.live = { ...model.live, [of]: null };
  };
}

export function backup(of: Alias): Act {
  return async (model, { agent, ...world }) => {
    const { summary } = await runBackup(agent.ctx, agent.work({ job: null }), of, "backup");
    const fresh = await adoptBackups({ agent, ...world }, model, model.live);
    expect(fresh.map(({ id }) => id)).toEqual([summary.id]);
  };
}

/** The operator's calendar for some days that the agent was off, asked until nothing is due. */
export function calendar(days: number): Act {
  return async (model, world) => {
    const { ctx } = world.agent;
    const effects = {
      backup: (...[of, work, name]: Parameters<typeof runDrill>) =>
        runBackup(of, work, name, "backup"),
      drill: runDrill,
    };
    // What the agent has never seen is not caught up: it looks once before the days pass.
    await createScheduler(ctx, effects).due();
    world.clockMs += days * DAY_MS;
    const scheduler = createScheduler(ctx, effects);
    const { signal } = new AbortController();
    let runs = 0;
    for (let run = await scheduler.due(); run && runs < RUNS_MAX; run = await scheduler.due()) {
      runs += 1;
      await scheduler.run(run, signal);
    }
    expect(runs).toBeLessThan(RUNS_MAX);
    const fresh = await adoptBackups(world, model, model.live);
    const made = fresh.map((summary) => summary.alias).sort();
    const present = ALIASES.filter((of) => model.live[of] !== null);
    if (model.isClockSteady) expect(made).toEqual(present.toSorted());
    else expect(made).toEqual([...new Set(made)]);
    model.isClockSteady = true;
  };
}

export function clock(days: number): Act {
  return async (model, world) => {
    world.clockMs += days * DAY_MS;
    if (days < 0) model.isClockSteady = false;
  };
}

export function drill(of: Alias): Act {
  return async (model, { agent }) => {
    const { record } = await runDrill(agent.ctx, agent.work({ job: null }), of);
    expect(record).toMatchObject({ ok: true, error: null });
    expect(usable(model, of).map(({ summary }) => summary.id)).toContain(record.backup);
  };
}

export function preview(of: Alias, which: number): Act {
  return async (model, { agent }) => {
    const { job, request } = requestFor(model, [of], which);
    const [result] = await runPreview(agent.ctx, agent.work({ job }), request);
    expect(result?.preview).not.toBeNull();
  };
}

/** `lost`: the portal gives the lease away before the first or the second swap. */
export function restore(of: readonly Alias[], which: number, lost: number | null): Act {
  return async (model, world) => {
    const { agent } = world;
    const { job, request, chosen } = requestFor(model, of, which);
    let asked = 0;
    const confirmLease = async () => {
      if (asked++ === lost) throw new AppError("JOB_STALE_LEASE", "given away");
    };
    const isLost = lost !== null && lost < of.length;
    const before = model.live;
    const run = runRestore(agent.ctx, agent.work({ job, confirmLease }), request);
    if (isLost) await expect(run).rejects.toMatchObject({ code: "JOB_STALE_LEASE" });
    else await run;
    if (!isLost) becomeRestored(model, job, request.choices, chosen);
    await adoptBackups(world, model, before);
  };
}

export function rollback(which: number): Act {
  return async (model, world) => {
    const { agent } = world;
    const { kept, job, request, before } = followUpFor(model, which);
    const run = runRollback(agent.ctx, agent.work({ job }), request);
    if (kept.aliases.some((of) => kept.former[of] === null)) {
      // Of a target that was gone before the restore there is nothing to go back to.
      await expect(run).rejects.toMatchObject({ code: "ENGINE_KEPT_GONE" });
      return;
    }
    await run;
    becomeRolledBack(model, kept);
    await adoptBackups(world, model, before);
  };
}

export function drop(which: number): Act {
  return async (model, { agent }) => {
    const { kept, job, request } = followUpFor(model, which);
    await runDrop(agent.ctx, agent.work({ job }), request);
    model.kept = model.kept.filter((one) => one !== kept);
  };
}

/** Who may delete deletes what no rule keeps: never the newest, nothing young, nothing doubtful. */
export const retention: Act = async (model, world) => {
  const maintenance = world.maintenance();
  const plans = await planRetention(maintenance);
  const [outcome] = await retain(maintenance, plans);
  expect(outcome).toMatchObject({ error: null, unreadable: [] });
  const removed = new Set(outcome?.removed);
  if (plans.some(({ doubts }) => doubts.length > 0)) expect(removed.size).toBe(0);
  for (const of of ALIASES) {
    const newest = usable(model, of)
      .map(({ summary }) => summary)
      .sort((one, other) => Date.parse(other.finishedAt) - Date.parse(one.finishedAt))[0];
    expect(removed).not.toContain(newest?.id);
  }
  for (const { summary, isDamaged } of model.backups) {
    if (!removed.has(summary.id)) continue;
    const days = (world.clockMs - Date.parse(summary.finishedAt)) / DAY_MS;
    expect(isDamaged).toBe(false);
    expect(days).toBeGreaterThanOrEqual(summary.purpose === "safety" ? SAFETY_DAYS : 1);
  }
  model.backups = model.backups.filter(({ summary }) => !removed.has(summary.id));
};

/** A bit of a stored stream turns; the first to read it finds that, and nobody is offered it again. */
export function damage(which: number, byte: number, how: "check" | "drill" | "restore"): Act {
  return async (model, { agent, flip }) => {
    const spare = ALIASES.flatMap((of) => {
      const all = usable(model, of);
      return all.length > 1 ? all : [];
    });
    const hit = at(spare, which);
    const { summary } = hit;
    const of = summary.alias as Alias;
    const stored = agent.ctx.vault("gudang").manifests();
    let object = "";
    for await (const { backupId, envelope } of stored) {
      if (backupId !== summary.id) continue;
      const { payload } = JSON.parse(envelope) as { payload: string };
      object = JSON.parse(Buffer.from(payload, "base64").toString()).receipt.object;
    }
    await flip(object, byte);
    if (how === "drill") {
      const { record } = await runDrill(agent.ctx, agent.work(), of, { backup: summary.id });
      expect(record).toMatchObject({ ok: false, error: "VAULT_CORRUPT" });
    } else {
      if (how === "restore") {
        const job = newJob(model);
        const request = {
          job,
          choices: [{ alias: of, backup: summary.id }],
          manifests: { [summary.id]: summary.manifest },
        };
        const run = runRestore(agent.ctx, agent.work({ job }), request);
        await expect(run).rejects.toMatchObject({ code: "VAULT_CORRUPT" });
      }
      const { ctx } = agent;
      const found = await checkBackup(ctx, agent.work(), of, summary.id, summary.manifest);
      expect(found.check.readable).toBe(false);
    }
    hit.isDamaged = true;
  };
}

export function killedWork(what: "backup" | "drill", point: number): Act {
  return async (model, world) => {
    await dare(what, world, point);
    const fresh = await adoptBackups(world, model, model.live);
    if (what === "drill") expect(fresh).toEqual([]);
    for (const { ok } of await recordsOf(world)) expect(ok).toBe(true);
  };
}

export function killedRestore(of: readonly Alias[], which: number, point: number): Act {
  return async (model, world) => {
    const { job, request, chosen } = requestFor(model, of, which);
    const before = model.live;
    await writeRequest(world, request);
    await dare("restore", world, point);
    if ((await endOf(world, job)) === "new") becomeRestored(model, job, request.choices, chosen);
    await adoptBackups(world, model, before);
  };
}

export function killedFollowUp(what: "rollback" | "drop", which: number, point: number): Act {
  return async (model, world) => {
    const { kept, job, request, before } = followUpFor(model, which);
    if (kept.aliases.some((of) => kept.former[of] === null)) return;
    await writeRequest(world, request);
    await dare(what, world, point);
    if ((await endOf(world, job)) === "new") {
      if (what === "rollback") becomeRolledBack(model, kept);
      else model.kept = model.kept.filter((one) => one !== kept);
    }
    await adoptBackups(world, model, before);
  };
}

/** An agent that kills itself at a point, if its work has that many, and the next one after it. */
async function dare(
  what: Parameters<typeof killAt>[0],
  world: World,
  point: number,
): Promise<void> {
  await killAt(what, world.dir, point).catch((error: Error) => {
    // It came to its end before that point; whatever it says on stderr is another failure.
    if (!error.message.endsWith(`${point}: `)) throw error;
  });
  await world.restart();
}

function writeRequest({ dir }: World, request: unknown): Promise<void> {
  return writeFile(join(dir, "request.json"), JSON.stringify(request));
}

async function recordsOf({ agent }: World): Promise<{ readonly ok: boolean }[]> {
  const damaged = (error: string | null) => error === "VAULT_CORRUPT";
  const records = (await keptRecords(agent.ctx.config.data)).map(
    ({ payload }) =>
      JSON.parse(Buffer.from(payload, "base64").toString()) as {
        ok: boolean;
        error: string | null;
      },
  );
  return records.filter(({ error }) => !damaged(error));
}

function newJob(model: Model): string {
  model.jobs += 1;
  return `job-${model.jobs}`;
}

function requestFor(model: Model, of: readonly Alias[], which: number) {
  const chosen = of.map((one) => at(usable(model, one), which));
  const job = newJob(model);
  const request = {
    job,
    choices: chosen.map(({ summary }) => ({ alias: summary.alias as Alias, backup: summary.id })),
    manifests: Object.fromEntries(chosen.map(({ summary }) => [summary.id, summary.manifest])),
  };
  return { job, request, chosen };
}

function followUpFor(model: Model, which: number) {
  const open = model.kept.filter(({ aliases }) => aliases.every((of) => model.live[of] !== null));
  const kept = at(open, which);
  const job = newJob(model);
  const choices = kept.choices.map(({ alias: of }) => ({ alias: of }));
  return { kept, job, before: model.live, request: { job, restored: kept.job, choices } };
}

function becomeRestored(
  model: Model,
  job: string,
  choices: Kept["choices"],
  chosen: readonly KnownBackup[],
): void {
  const aliases = choices.map((choice) => choice.alias);
  const former = Object.fromEntries(aliases.map((of) => [of, model.live[of]]));
  if (aliases.some((of) => former[of] !== null)) {
    model.kept.push({ job, former, aliases, choices });
  }
  const restored = Object.fromEntries(chosen.map((one) => [one.summary.alias, one.content]));
  model.live = { ...model.live, ...restored } as State;
}

function becomeRolledBack(model: Model, kept: Kept): void {
  model.live = { ...model.live, ...kept.former } as State;
  model.kept = model.kept.filter((one) => one !== kept);
}
