/**
 * An agent that kills itself (SIGKILL, no farewell) at the n-th point of its work, run as a program:
 *
 *   node mortal-agent.ts <backup|drill|restore|preview|rollback|drop|resume> <world> <n>
 *
 * A point lies before and after every call of an engine or a vault, before every asking for the
 * lease, before and after every line of a restore's journal is made durable, and before and after
 * every program an engine runs where it has an effect (with PULIH_FAULT=full every program). With n = 0 it lives and prints the names of all points, as JSON.
 */
import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runBackup } from "#agent/backup/run-backup.ts";
import { runDrill } from "#agent/care/run-drill.ts";
import type { Engine, EngineIo } from "#agent/engines/engine.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { runDrop } from "#agent/restore/run-drop.ts";
import { runPreview } from "#agent/restore/run-preview.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { runRollback } from "#agent/restore/run-rollback.ts";
import type { Vault } from "#agent/vault/vault.ts";
import { smallApplication } from "#support/small-application.ts";
import { workContext } from "#support/work-context.ts";

const [action, world = "", dieAt = "0"] = process.argv.slice(2);
const EFFECTS: readonly (keyof Engine)[] =
  action === "backup"
    ? ["dump"]
    : ["loadSide", "swap", "rollback", "dropSide", "dropOld", "reopen"];
const isFull = process.env["PULIH_FAULT"] === "full";
const app = await smallApplication(join(world, "app"));
const points: string[] = [];

const one = await workContext({
  dir: world,
  targets: app.targets,
  engine: (engine) => mortal(engine.id, engine, mortalPrograms),
  vault: (vault) =>
    mortal<Vault>("vault", {
      ...vault,
      put: async (...args) => mortal("writer", await vault.put(...args)),
    }),
});
if (action === "backup") {
  for (const { alias } of app.targets) await runBackup(one.ctx, one.work(), alias, "backup");
} else if (action === "drill") {
  for (const { alias } of app.targets) await runDrill(one.ctx, one.work(), alias);
} else if (action === "resume") {
  await mortalJournals();
  await resumeRestores(one.ctx);
} else {
  await mortalJournals();
  const request = JSON.parse(await readFile(join(world, "request.json"), "utf8"));
  const work = one.work({ job: request.job, confirmLease: async () => point("lease") });
  const run = { restore: runRestore, preview: runPreview, rollback: runRollback, drop: runDrop };
  await run[action as keyof typeof run](one.ctx, work, request);
}
process.stdout.write(JSON.stringify(points));

function point(name: string): void {
  points.push(name);
  if (points.length === Number(dieAt)) process.kill(process.pid, "SIGKILL");
}

/** All that is written durably in place is a journal's line. */
async function mortalJournals(): Promise<void> {
  const file = await open(process.execPath);
  const all: Pick<FileHandle, "datasync"> = Object.getPrototypeOf(file);
  await file.close();
  const whole = all.datasync;
  all.datasync = async function (this: FileHandle) {
    point("before journal");
    await whole.call(this);
    point("after journal");
  };
}

/** The same object, with a point before and after each call of it. */
function mortal<T extends object>(
  name: string,
  whole: T,
  change: (member: string, argument: unknown) => unknown = (_, argument) => argument,
): T {
  return new Proxy(whole, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function" || typeof key !== "string") return member;
      return (...args: unknown[]) => {
        point(`before ${name}.${key}`);
        const result: unknown = member.apply(
          target,
          args.map((argument) => change(key, argument)),
        );
        if (!(result instanceof Promise)) return result;
        return result.then((value: unknown) => {
          point(`after ${name}.${key}`);
          return value;
        });
      };
    },
  });
}

function mortalPrograms(member: string, argument: unknown): unknown {
  const isEffect = isFull || EFFECTS.includes(member as keyof Engine);
  if (!isEffect || !isIo(argument)) return argument;
  return { ...argument, host: mortal(`${member}'s program`, argument.host) };
}

function isIo(value: unknown): value is EngineIo {
  return typeof value === "object" && value !== null && "host" in value && "signal" in value;
}
