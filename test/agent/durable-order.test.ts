/**
 * A power cut takes what was written and not synced. So every line of a journal must be synced before
 * what it announces is done: here the calls themselves are recorded, in their order.
 */
import { readlinkSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AgentContext } from "#agent/context.ts";
import type { Engine } from "#agent/engines/engine.ts";
import { sqlite } from "#agent/engines/sqlite.ts";
import { EFFECTS } from "#agent/loop/effects.ts";
import { shows } from "../fault/faults.ts";
import { approvedParts } from "./approved-offer.ts";
import { startPortal } from "./fake-portal.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

const at = new Date();
const EFFECTS_OF_ENGINE = ["loadSide", "quiesce", "swap", "rollback", "dropOld"] as const;

/** What was done, in order: lines written to and synced in journals, and effects. */
let done: string[] = [];
let restore = (): void => undefined;

beforeEach(async () => {
  done = [];
  const file = await open(process.execPath);
  const all: Pick<FileHandle, "appendFile" | "sync" | "datasync"> = Object.getPrototypeOf(file);
  await file.close();
  const { appendFile, sync, datasync } = all;
  all.appendFile = async function (this: FileHandle, ...args) {
    const place = placeOf(this);
    if (place) done.push(`written ${place} ${nameOf(String(args[0]))}`);
    await appendFile.apply(this, args);
  };
  all.sync = async function (this: FileHandle) {
    await sync.call(this);
    const place = placeOf(this);
    if (place) done.push(`durable ${place}`);
  };
  all.datasync = async function (this: FileHandle) {
    await datasync.call(this);
    const place = placeOf(this);
    if (place) done.push(`durable ${place}`);
  };
  restore = () => Object.assign(all, { appendFile, sync, datasync });
});
afterEach(() => restore());

/** Which journal, or which journals' folder, a file is. */
function placeOf(file: FileHandle): string | null {
  const path = readlinkSync(`/proc/self/fd/${file.fd}`);
  for (const folder of ["journal", "restores"]) {
    if (basename(path) === folder) return `folder ${folder}`;
    if (basename(dirname(path)) === folder) return folder;
  }
  return null;
}

/** The kind of a line, and the target it speaks of. */
function nameOf(line: string): string {
  const { type, step, alias } = JSON.parse(line) as Record<string, string | undefined>;
  return [type ?? step, alias].filter(Boolean).join(" ");
}

/** The lines that are durable when this is done; a line of a new file only with its folder. */
function durableBefore(index: number, journal: "journal" | "restores"): string[] {
  const lines: string[] = [];
  let written: string[] = [];
  let isFolderDurable = false;
  for (const one of done.slice(0, index)) {
    if (one.startsWith(`written ${journal} `))
      written.push(one.slice(`written ${journal} `.length));
    if (one === `durable folder ${journal}`) isFolderDurable = true;
    if (one !== `durable ${journal}`) continue;
    lines.push(...written);
    written = [];
  }
  return isFolderDurable ? lines : [];
}

/** An engine that says what it is about to do. */
const telling = new Proxy(sqlite, {
  get(target, key) {
    const member: unknown = Reflect.get(target, key);
    const isEffect = (EFFECTS_OF_ENGINE as readonly unknown[]).includes(key);
    if (typeof member !== "function" || !isEffect) return member;
    return (...args: unknown[]) => {
      done.push(`effect ${String(key)}`);
      return member.apply(target, args);
    };
  },
}) satisfies Engine;

const work = (job: string | null) => ({
  job,
  epoch: 1,
  signal: new AbortController().signal,
  progress: () => undefined,
  confirmLease: async () => undefined,
});

function damage(shop: Workshop): void {
  const db = new DatabaseSync(shop.database);
  db.exec("DELETE FROM warga WHERE id > 10");
  db.close();
}

describe("a line of a job's journal is durable", () => {
  test("before the gate is asked, before the effect, and before the result is told", {
    tags: shows("agent", 6),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    portal.trouble = (route) => {
      const verb = route.split("/").at(-1) ?? "";
      if (route.startsWith("/jobs/")) done.push(`told ${verb}`);
      return false;
    };
    const agent = shop.start({
      effects: {
        backup: (...given) => {
          done.push("effect backup");
          return EFFECTS.backup(...given);
        },
      },
    });
    portal.offer(await approvedParts({ at }));
    await portal.until("the result", () => portal.job("job-1").results[0]);
    await agent.end();
    const when = (what: string): string[] => durableBefore(done.indexOf(what), "journal");
    expect(when("told start")).toEqual(["intent"]);
    expect(when("effect backup")).toEqual(["intent", "start"]);
    expect(when("told finish").filter((line) => !line.startsWith("event"))).toEqual([
      "intent",
      "start",
      "finish",
    ]);
  });
});

describe("a line of a restore's journal is durable", () => {
  test.each([
    ["restore", { loadSide: "side db", quiesce: "quiesce db", swap: "swap db" }],
    ["rollback", { quiesce: "quiesce db", rollback: "swap db" }],
    ["drop", { dropOld: "drop db" }],
  ] as const)(
    "before the effect it announces, in a %s",
    { tags: shows("agent", 6) },
    async (action, announced) => {
      await using portal = await startPortal();
      await using shop = await openWorkshop(portal);
      const ctx: AgentContext = { ...shop.ctx, engine: () => telling };
      const { summary } = await EFFECTS.backup(shop.ctx, work(null), "db");
      damage(shop);
      const request = {
        job: "job-0",
        choices: [{ alias: "db", backup: summary.id }],
        manifests: { [summary.id]: summary.manifest },
      };
      if (action !== "restore") await EFFECTS.restore(shop.ctx, work("job-0"), request);
      done = [];
      const asked = { ...request, job: "job-1", restored: "job-0" };
      await EFFECTS[action](ctx, work("job-1"), asked);
      const effects = done.flatMap((one, index) =>
        one.startsWith("effect ") ? [[one.slice("effect ".length), index] as const] : [],
      );
      expect(effects.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(announced)));
      for (const [name, index] of effects) {
        const line = (announced as Record<string, string>)[name];
        expect(durableBefore(index, "restores").at(-1), name).toBe(line);
      }
      // What is told as done is durable, too.
      expect(durableBefore(done.length, "restores").slice(-2)).toEqual(["committed", "end"]);
    },
  );
});
