/** Kills agents at work on a place, in front of the same state each time, and starts the next one. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { clearAllDrills } from "#agent/care/clear-drills.ts";
import { keptCopies } from "#agent/restore/kept-copies.ts";
import { type ResumedRestore, resumeRestores } from "#agent/restore/resume-restores.ts";
import { eventually } from "#support/eventually.ts";
import { assertInvariants } from "#support/invariants.ts";
import { descendantsOf } from "#support/proc.ts";
import {
  type Action,
  agentOf,
  backedUpWorld,
  copyWorld,
  killAt,
  pointsOf,
  programsOf,
  restoreIn,
  turnOf,
} from "./killed-world.ts";
import { GONE, type Place } from "./places/place.ts";

export const isFull = process.env["PULIH_FAULT"] === "full";

/** Damaged and backed up before; restored and written to since; nothing live any more. */
export type State = "damaged" | "restored" | "lost";

/** What the next agent found and did. */
export interface Found {
  readonly content: string;
  readonly remains: readonly string[];
  readonly resumed: readonly ResumedRestore[];
  /** What became of the former data of job-1. */
  readonly kept: string | undefined;
  readonly backups: number;
}

/** Content and copies as work that nobody kills leaves them. */
export interface Ended {
  readonly content: string;
  readonly remains: readonly string[];
}

type Lived = Ended & { readonly points: readonly string[] };

export interface KilledPlace {
  readonly states: Readonly<Record<State, Ended>>;
  /** Points of the work and what it leaves where it is not killed. */
  live(action: Action, state: State): Promise<Lived>;
  /**
   * Kills the work at one point and looks at what the next agent finds: `allowed` is what may be left
   * then. `first`: the agent before was killed as well, and what is killed now is its successor.
   */
  kill(kill: Kill, look: (found: Found) => void): Promise<void>;
  /** Points of a successor that nobody kills. */
  resumePoints(first: Omit<Kill, "allowed">): Promise<readonly string[]>;
}

/** One of the points of a work that nobody killed. */
export interface Point {
  readonly points: readonly string[];
  readonly point: number;
}

export interface Kill {
  readonly action: Action;
  readonly state: State;
  readonly at: Point;
  /** Kills its successor at this point, too. */
  readonly again?: Point;
  readonly allowed: readonly Ended[];
}

/** Makes all three states of a place and the agents that belong to them below a folder. */
export async function killedPlace(place: Place, dir: string): Promise<KilledPlace> {
  const look = async (): Promise<Ended> => ({
    content: await place.content(),
    remains: (await place.remains()).sort(),
  });
  const damaged = join(dir, "damaged");
  await backedUpWorld(damaged, [place.target]);
  await place.damage();
  await place.save("damaged");
  const asDamaged = await look();
  const restored = await copyWorld(damaged, join(dir, "restored"));
  await restoreIn(restored);
  await place.write();
  await place.save("restored");
  const asRestored = await look();
  await place.reset("damaged");
  await place.lose();
  await place.save("lost");
  const states = { damaged: asDamaged, restored: asRestored, lost: await look() };
  expect(states.lost).toEqual({ content: GONE, remains: [] });
  expect(states.restored.content).not.toBe(states.damaged.content);

  const lived = new Map<string, Lived>();
  let worlds = 0;
  const worldOf = async (state: State): Promise<string> => {
    await place.reset(state);
    worlds += 1;
    const template = state === "restored" ? restored : damaged;
    return await copyWorld(template, join(dir, `world-${worlds}`));
  };
  const killed = async (world: string, action: Action, at: Point): Promise<void> => {
    const { points, point } = at;
    await killAt(action, world, turnOf(points, point), points[point - 1]);
    // What a service is started by goes on with it.
    const isServer = place.engine === "postgres-cluster" || place.engine === "mariadb-server";
    if (isServer && action !== "backup") return;
    await eventually("no program of the killed agent goes on", () => {
      return programsOf(world).length === 0;
    });
  };
  return {
    states,
    live: async (action, state) => {
      const known = lived.get(`${action} ${state}`);
      if (known) return known;
      const world = await worldOf(state);
      const points = await pointsOf(action, world);
      await rm(world, { recursive: true });
      const ended = { points, ...(await look()) };
      lived.set(`${action} ${state}`, ended);
      return ended;
    },
    resumePoints: async ({ action, state, at }) => {
      const world = await worldOf(state);
      await killed(world, action, at);
      const points = await pointsOf("resume", world);
      await rm(world, { recursive: true });
      return points;
    },
    kill: async ({ action, state, at, again, allowed }, then) => {
      const world = await worldOf(state);
      const programs = descendantsOf(process.pid);
      const backups = await backupsOf(world);
      await killed(world, action, at);
      if (again !== undefined) await killed(world, "resume", again);
      {
        await using agent = await agentOf(world);
        const resumed = await resumeRestores(agent.ctx);
        await clearAllDrills(agent.ctx);
        const now = await look();
        const whole = allowed.find(({ content }) => content === now.content);
        await assertInvariants({
          agent,
          live: { now: now.content, allowed: allowed.map(({ content }) => content) },
          backups,
          remains: now.remains.filter((name) => !whole?.remains.includes(name)),
          programs,
          secrets: place.secrets,
        });
        // Open to its users, and nothing is left to do.
        if (now.content !== GONE) await place.write();
        expect(await resumeRestores(agent.ctx)).toEqual([]);
        const kept = (await keptCopies(agent.ctx.config.data)).find(({ job }) => job === "job-1");
        const made = (await backupsOf(world)).length - backups.length;
        then({ ...now, resumed, kept: kept?.state, backups: made });
      }
      await rm(world, { recursive: true });
    },
  };
}

async function backupsOf(world: string): Promise<string[]> {
  await using agent = await agentOf(world);
  return (await listBackups(agent.ctx, null)).map(({ manifest }) => manifest.id);
}

/**
 * Points worth a kill: what comes right after one call finds the same as what comes right before the
 * next, but a program that runs and a statement that is under way find something of their own. All of
 * them with PULIH_FAULT=full, else those that are named.
 */
export function chosenPoints(points: readonly string[], chosen: readonly RegExp[]): number[] {
  const distinct = points.flatMap((name, index) => {
    const isLast = index === points.length - 1;
    return isLast || !/^after (?!.* says )/.test(name) ? [index + 1] : [];
  });
  if (isFull) return distinct;
  return distinct.filter((point) => chosen.some((one) => one.test(points[point - 1] ?? "")));
}

/** Kills one after the other: there is one place. */
export async function forEach(
  points: readonly string[],
  chosen: readonly number[],
  act: (at: Point) => Promise<void>,
): Promise<void> {
  expect(chosen.length).toBeGreaterThan(0);
  for (const point of chosen) {
    await act({ points, point }).catch((cause: unknown) => {
      throw new Error(`killed at point ${point}: ${points[point - 1]}`, { cause });
    });
  }
}
