/**
 * An agent that kills itself (SIGKILL, no farewell) at the n-th point of its work, or at the n-th of
 * that name, run as a program:
 *
 *   node mortal-agent.ts <backup|drill|restore|preview|rollback|drop|resume> <world> <n> [<name>]
 *
 * Its targets are those of `targets.json` in the world. A point lies before and after every call of an
 * engine or a vault, before every asking for the lease, before and after every line of a restore's
 * journal is made durable, before, during and after every program an engine runs where it has an
 * effect, and before and after every statement of one that changes anything (with PULIH_FAULT=full:
 * of all programs). With n = 0 it lives and prints the names of all points, as JSON.
 */
import { type FileHandle, open, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { runBackup } from "#agent/backup/run-backup.ts";
import { runDrill } from "#agent/care/run-drill.ts";
import type { Engine, EngineIo } from "#agent/engines/engine.ts";
import type { Host } from "#agent/process/host.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { runDrop } from "#agent/restore/run-drop.ts";
import { runPreview } from "#agent/restore/run-preview.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { runRollback } from "#agent/restore/run-rollback.ts";
import type { Vault } from "#agent/vault/vault.ts";
import { workContext } from "#support/work-context.ts";
import { targetsOf } from "./killed-world.ts";

const [action, world = "", dieAt = "0", dieIn] = process.argv.slice(2);
const EFFECTS: readonly (keyof Engine)[] =
  action === "backup"
    ? ["dump"]
    : ["loadSide", "quiesce", "swap", "rollback", "dropSide", "dropOld", "reopen"];
const UNCHANGING =
  /^\s*(SELECT|SET|WITH|SHOW|USE|SAVEPOINT|ROLLBACK TO|START TRANSACTION|BEGIN READ ONLY)\b/;
const isFull = process.env["PULIH_FAULT"] === "full";
const targets = await targetsOf(world);
const points: string[] = [];
let passed = 0;
let lastRun = "";

const one = await workContext({
  dir: world,
  targets,
  engine: (engine) => mortal(engine.id, engine, mortalPrograms),
  vault: (vault) =>
    mortal<Vault>("vault", {
      ...vault,
      put: async (...args) => mortal("writer", await vault.put(...args)),
    }),
});
if (action === "backup") {
  for (const { alias } of targets) await runBackup(one.ctx, one.work(), alias, "backup");
} else if (action === "drill") {
  for (const { alias } of targets) await runDrill(one.ctx, one.work(), alias);
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
  if (dieIn !== undefined && name !== dieIn) return;
  passed += 1;
  if (passed === Number(dieAt)) process.kill(process.pid, "SIGKILL");
}

/** All that is written durably in place is a journal's line. */
async function mortalJournals(): Promise<void> {
  const file = await open(process.execPath);
  const all: Pick<FileHandle, "appendFile" | "datasync"> = Object.getPrototypeOf(file);
  await file.close();
  const { appendFile, datasync } = all;
  let step = "";
  all.appendFile = function (this: FileHandle, line, ...rest) {
    step = /"step":"([a-z]+)"/.exec(String(line))?.[1] ?? "";
    return appendFile.call(this, line, ...rest);
  };
  all.datasync = async function (this: FileHandle) {
    point(`before journal ${step}`);
    await datasync.call(this);
    point(`after journal ${step}`);
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
      // How far a store has come is asked by the clock.
      if (key === "taken") return member.bind(target);
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
  return { ...argument, host: mortalHost(member, argument.host) };
}

/** Whether a server is up is asked until it is, and not always as often: that counts once. */
function mortalHost(member: string, host: Host): Host {
  const started = <Result>(
    argv: readonly string[],
    isTalk: boolean,
    start: () => Promise<Result>,
  ) => {
    const name = `${member} runs ${shown(argv.map((word) => basename(word)).join(" "))}`;
    if (name === lastRun) return start();
    lastRun = name;
    point(`before ${name}`);
    const running = start();
    // Of a conversation with a program it is what is said that counts.
    if (!isTalk) point(`during ${name}`);
    return running.then((value) => {
      point(`after ${name}`);
      return value;
    });
  };
  return {
    ...host,
    run: (argv, options) => started(argv, false, () => host.run(argv, options)),
    spawn: async (argv, options) => {
      const running = await started(argv, options?.stdin === "lines", () =>
        host.spawn(argv, options),
      );
      const write = (line: string): void => {
        const changes = !UNCHANGING.test(line);
        if (changes) point(`before ${member} says ${shown(line)}`);
        running.write(line);
        if (changes) point(`after ${member} says ${shown(line)}`);
      };
      return { ...running, write };
    },
  };
}

/** The same in every run: neither names made by chance nor the numbers of questions. */
function shown(text: string): string {
  const [words = ""] = text.replaceAll(/\s+/g, " ").split(" SELECT '--- answered");
  return words
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|(?<=[ro]_)[0-9a-f]{10}|\d{6,}/g, "#")
    .slice(0, 120);
}

function isIo(value: unknown): value is EngineIo {
  return typeof value === "object" && value !== null && "host" in value && "signal" in value;
}
