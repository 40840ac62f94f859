/**
 * An agent that kills itself (SIGKILL, no farewell) at the n-th point of its work, run as a program:
 *
 *   node mortal-agent.ts <backup|restore|resume> <world> <n>
 *
 * A point lies before and after every call of an engine or a vault, before every asking for the
 * lease, and before and after every program an engine runs where it has an effect (with
 * PULIH_FAULT_FULL every program). With n = 0 it lives and prints the names of all points, as JSON.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runBackup } from "#agent/backup/run-backup.ts";
import type { Engine, EngineIo } from "#agent/engines/engine.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import type { Vault } from "#agent/vault/vault.ts";
import { smallApplication } from "#support/small-application.ts";
import { workContext } from "#support/work-context.ts";

const [action, world = "", dieAt = "0"] = process.argv.slice(2);
const EFFECTS: readonly (keyof Engine)[] =
  action === "backup" ? ["dump"] : ["loadSide", "swap", "rollback", "dropSide", "reopen"];
const { PULIH_FAULT_FULL: full } = process.env;
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
} else if (action === "restore") {
  const request = JSON.parse(await readFile(join(world, "request.json"), "utf8"));
  await runRestore(one.ctx, one.work({ confirmLease: async () => point("lease") }), request);
} else {
  await resumeRestores(one.ctx);
}
process.stdout.write(JSON.stringify(points));

function point(name: string): void {
  points.push(name);
  if (points.length === Number(dieAt)) process.kill(process.pid, "SIGKILL");
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
  const isEffect = full !== undefined || EFFECTS.includes(member as keyof Engine);
  if (!isEffect || !isIo(argument)) return argument;
  return { ...argument, host: mortal(`${member}'s program`, argument.host) };
}

function isIo(value: unknown): value is EngineIo {
  return typeof value === "object" && value !== null && "host" in value && "signal" in value;
}
