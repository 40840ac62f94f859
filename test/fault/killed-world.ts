/** Worlds (an agent, its vault, an application) in which agents are killed; see mortal-agent.ts. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runBackup } from "#agent/backup/run-backup.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { isAlive } from "#support/proc.ts";
import { smallApplication } from "#support/small-application.ts";
import { type TestTarget, type WorkContext, workContext } from "#support/work-context.ts";

const PROGRAM = fileURLToPath(new URL("./mortal-agent.ts", import.meta.url));

export type Action = "backup" | "restore" | "preview" | "rollback" | "drop" | "resume" | "drill";

/** An application that was backed up and then damaged, and what a restore of it is asked with. */
export async function damagedWorld(world: string): Promise<void> {
  const app = await smallApplication(join(world, "app"));
  await backedUpWorld(world, app.targets);
  await app.damage();
}

/** An agent that made a backup of its targets, and what a restore of them is asked with. */
export async function backedUpWorld(world: string, targets: readonly TestTarget[]): Promise<void> {
  await mkdir(world, { recursive: true });
  await writeFile(join(world, "targets.json"), JSON.stringify(targets));
  await using one = await workContext({ dir: world, targets });
  const made = [];
  for (const { alias } of targets) {
    made.push((await runBackup(one.ctx, one.work(), alias, "backup")).summary);
  }
  const request = {
    job: "job-1",
    choices: made.map(({ alias, id }) => ({ alias, backup: id })),
    manifests: Object.fromEntries(made.map(({ id, manifest }) => [id, manifest])),
  };
  await writeFile(join(world, "request.json"), JSON.stringify(request));
}

/** The same application, restored by job-1 and written to since; asked for the follow-up job-2. */
export async function restoredWorld(world: string): Promise<void> {
  await damagedWorld(world);
  await restoreIn(world);
  await (await smallApplication(join(world, "app"))).write();
}

/** Restores what the world asks for as job-1; from then on it asks for the follow-up job-2. */
export async function restoreIn(world: string): Promise<void> {
  await using one = await agentOf(world);
  const path = join(world, "request.json");
  const request = JSON.parse(await readFile(path, "utf8"));
  await runRestore(one.ctx, one.work(), request);
  await writeFile(path, JSON.stringify({ ...request, job: "job-2", restored: "job-1" }));
}

/**
 * Points worth a kill of their own, where journals have points, too: what comes right after one
 * finds the same world as what comes right before the next. PULIH_FAULT=full kills at all of them.
 */
export function distinctPoints(points: readonly string[]): number[] {
  const isFull = process.env["PULIH_FAULT"] === "full";
  return points.flatMap((name, index) => {
    const isLast = index === points.length - 1;
    const isOwn = isFull || isLast || !/^(after|during) /.test(name);
    return isOwn ? [index + 1] : [];
  });
}

/** Targets within the world are those of the copy. */
export async function copyWorld(from: string, to: string): Promise<string> {
  await promisify(execFile)("cp", ["-a", "--", from, to]);
  const path = join(to, "targets.json");
  await writeFile(path, (await readFile(path, "utf8")).replaceAll(`"${from}/`, `"${to}/`));
  return to;
}

export async function targetsOf(world: string): Promise<readonly TestTarget[]> {
  return JSON.parse(await readFile(join(world, "targets.json"), "utf8"));
}

/** The agent of a world after its restart. */
export async function agentOf(world: string): Promise<WorkContext> {
  return workContext({ dir: world, targets: await targetsOf(world) });
}

/** Living programs that an agent of the world has started, by the mark that all of them inherit. */
export function programsOf(world: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        return isAlive(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(markOf(world));
      } catch {
        return false;
      }
    });
}

/** Programs get PATH from the agent, and little else. */
function markOf(world: string): string {
  return `:${join(world, "no-programs")}`;
}

/** Names of the points of the work, when nothing kills it. */
export async function pointsOf(action: Action, world: string): Promise<string[]> {
  const ended = await runMortal(action, world, 0);
  if (ended.signal !== null || ended.code !== 0) throw new Error(`agent failed: ${ended.stderr}`);
  return JSON.parse(ended.stdout);
}

/** Runs the work and kills the agent at a point, or at one of that name. Throws where it lived. */
export async function killAt(
  action: Action,
  world: string,
  point: number,
  name?: string,
): Promise<void> {
  const { signal, stderr } = await runMortal(action, world, point, name);
  if (signal !== "SIGKILL") throw new Error(`agent was not killed at ${point}: ${stderr}`);
}

/** As which of those with its name a point comes. How often a server is asked varies, these do not. */
export function turnOf(points: readonly string[], point: number): number {
  return points.slice(0, point).filter((name) => name === points[point - 1]).length;
}

/**
 * Runs `act` for each point, or for those chosen, two at a time: what they wait for is mostly
 * programs that start. Gives how many there were.
 */
export async function forEachPoint(
  points: readonly string[],
  act: (point: number) => Promise<void>,
  chosen: readonly number[] = points.map((_, index) => index + 1),
): Promise<number> {
  const left = [...chosen];
  const worker = async () => {
    for (let point = left.shift(); point !== undefined; point = left.shift()) {
      const name = points[point - 1];
      await act(point).catch((cause: unknown) => {
        left.length = 0;
        throw new Error(`killed at point ${point}: ${name}`, { cause });
      });
    }
  };
  await Promise.all([worker(), worker()]);
  return chosen.length;
}

async function runMortal(action: Action, world: string, point: number, name?: string) {
  const temp = join(world, "tmp");
  await mkdir(temp, { recursive: true });
  const { env } = process;
  const args = [PROGRAM, action, world, String(point), ...(name === undefined ? [] : [name])];
  const child = spawn(process.execPath, ["--no-warnings", ...args], {
    env: {
      ...env,
      TMPDIR: temp,
      PATH: `${env["PATH"]}${markOf(world)}`,
      // Most of the time of an agent that is killed early goes into reading its own sources.
      NODE_COMPILE_CACHE: join(dirname(world), "compiled"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}
