import { appendFile, readdir, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import type { AgentContext } from "#agent/context.ts";
import type { Host } from "#agent/process/host.ts";
import type { Vault } from "#agent/vault/vault.ts";
import { AppError } from "#domain/errors.ts";
import { type SmallApplication, smallApplication } from "#support/small-application.ts";
import { tempDir } from "#support/temp-dir.ts";
import { type WorkContext, type WorkContextOptions, workContext } from "#support/work-context.ts";
import { shows } from "./faults.ts";

interface World extends WorkContext {
  readonly app: SmallApplication;
}

async function world(over: Partial<WorkContextOptions> = {}): Promise<World> {
  const dir = await tempDir();
  const app = await smallApplication(join(dir.path, "app"));
  const work = await workContext({ targets: app.targets, ...over });
  return {
    ...work,
    app,
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** Puts another program in the place of the producer: cat for SQLite, tar for a directory. */
function withProducer(
  ctx: AgentContext,
  instead: (argv: readonly string[]) => readonly string[],
): AgentContext {
  return {
    ...ctx,
    openHost: async (place) => {
      const host = await ctx.openHost(place);
      const isProducer = (argv: readonly string[]) =>
        argv[0] === "cat" || argv.includes("--create");
      const spawn: Host["spawn"] = (argv, options) =>
        host.spawn(isProducer(argv) ? instead(argv) : argv, options);
      return { ...host, spawn };
    },
  };
}

/** Nothing is listed, nothing is left, and the source is what it was; the next backup works. */
async function assertNoTrace(one: World, before: unknown): Promise<void> {
  expect(await listBackups(one.ctx, null)).toEqual([]);
  expect(await readdir(join(one.vaultDir, "manifests"))).toEqual([]);
  expect(await one.app.state()).toEqual(before);
  expect(await one.app.remains()).toEqual([]);
  const temps = (await readdir(tmpdir())).filter((name) => name.includes(`-${process.pid}-`));
  expect(temps.filter((name) => name.startsWith("pulih-sqlite-"))).toEqual([]);
}

const ALIASES = ["basis-data", "berkas"] as const;
const PARTS = { "basis-data": "sqlite", berkas: "directory" } as const;

type Producer = (argv: readonly string[]) => readonly string[];

/** Producers that report failure, one way or another. */
const FAILING: readonly [string, Producer, RegExp][] = [
  [
    "whose producer is killed in the middle",
    (argv) => ["sh", "-c", '"$@" | head -c 1000; kill -9 $$', "sh", ...argv],
    /^ENGINE_DUMP_/,
  ],
  [
    "whose producer fails after all was written",
    (argv) => ["sh", "-c", '"$@"; exit 3', "sh", ...argv],
    /^ENGINE_DUMP_/,
  ],
  ["whose tool is not installed", () => ["alat-yang-tidak-ada"], /^ENGINE_TOOL_MISSING$/],
];

/** Producers that report success for what is not the dump. */
const LYING: readonly [string, Producer, RegExp][] = [
  [
    "whose stream is cut although the producer ends well",
    (argv) => ["sh", "-c", '"$@" | { head -c 1000; cat >/dev/null; }', "sh", ...argv],
    /^ENGINE_DUMP_INCOMPLETE$/,
  ],
  [
    "whose stream is longer than what was sent",
    (argv) => ["sh", "-c", '"$@"; echo lebih', "sh", ...argv],
    /^ENGINE_DUMP_INCOMPLETE$/,
  ],
  ["whose producer writes nothing and ends well", () => ["true"], /^ENGINE_DUMP_/],
];

async function assertFails(alias: string, instead: Producer, code: RegExp): Promise<void> {
  await using one = await world();
  const before = await one.app.state();
  const ctx = withProducer(one.ctx, instead);
  await expect(runBackup(ctx, one.work(), alias, "backup")).rejects.toMatchObject({
    code: expect.stringMatching(code),
  });
  await assertNoTrace(one, before);
  await runBackup(one.ctx, one.work(), alias, "backup");
  expect(await listBackups(one.ctx, alias)).toHaveLength(1);
}

describe.each(ALIASES)("a backup of %s", (alias) => {
  it.each(FAILING)("%s fails and is not listed", (_what, instead, code) =>
    assertFails(alias, instead, code),
  );
  it.each(LYING)(
    "%s fails and is not listed",
    { tags: shows(PARTS[alias], 21) },
    (_what, instead, code) => assertFails(alias, instead, code),
  );

  it.each<[string, string, (vault: Vault, dir: () => string) => Vault]>([
    [
      "VAULT_CORRUPT",
      "that the store did not keep whole",
      (vault, dir) => ({
        ...vault,
        put: async (...args) => {
          const writer = await vault.put(...args);
          const commit = async () => {
            const receipt = await writer.commit();
            await truncate(join(dir(), "objects", receipt.object), receipt.storedBytes - 1);
            return receipt;
          };
          return { ...writer, commit };
        },
      }),
    ],
    [
      "VAULT_FULL",
      "for which the store has no room",
      (vault) => ({
        ...vault,
        put: async (...args) => ({
          ...(await vault.put(...args)),
          commit: () => Promise.reject(new AppError("VAULT_FULL", "no room")),
        }),
      }),
    ],
    [
      "VAULT_WRITE_FAILED",
      "whose manifest could not be stored",
      (vault) => ({
        ...vault,
        putManifest: () => Promise.reject(new AppError("VAULT_WRITE_FAILED", "no room")),
      }),
    ],
  ])("fails with %s %s and is not listed", async (code, _what, spoil) => {
    let vaultDir = "";
    await using one = await world({ vault: (vault) => spoil(vault, () => vaultDir) });
    vaultDir = one.vaultDir;
    const before = await one.app.state();
    await expect(runBackup(one.ctx, one.work(), alias, "backup")).rejects.toMatchObject({ code });
    await assertNoTrace(one, before);
  });

  it.each(["preflight", "dump", "commit", "check"] as const)(
    "that is called off in phase %s ends as cancelled and is not listed",
    async (phase) => {
      await using one = await world();
      const before = await one.app.state();
      const control = new AbortController();
      const work = one.work({
        signal: control.signal,
        progress: (event) => {
          if (event.phase === phase) control.abort();
        },
      });
      await expect(runBackup(one.ctx, work, alias, "backup")).rejects.toMatchObject({
        code: "JOB_CANCELLED",
      });
      await assertNoTrace(one, before);
    },
  );
});

describe("a backup of files that change while they are read", () => {
  /** Writes to a file whenever tar starts, as often as told. */
  function restless(one: World, times: number): AgentContext {
    let left = times;
    const file = join(one.app.folder, "berkas", "index.html");
    return {
      ...one.ctx,
      openHost: async (place) => {
        const host = await one.ctx.openHost(place);
        const spawn: Host["spawn"] = async (argv, options) => {
          if (argv.includes("--create") && left-- > 0) await appendFile(file, "!");
          return host.spawn(argv, options);
        };
        return { ...host, spawn };
      },
    };
  }

  it("is read a second time, and then holds the state of that time", {
    tags: shows("directory", 43),
  }, async () => {
    await using one = await world();
    const { manifest } = await runBackup(restless(one, 1), one.work(), "berkas", "backup");
    const names = { side: "r_0", old: "o_0" };
    const target = one.ctx.config.targets.find(({ alias }) => alias === "berkas");
    if (!target) throw new Error("no target");
    await using host = await one.ctx.openHost(target.tempat);
    const io = { host, signal: one.work().signal, now: one.ctx.now, log: one.ctx.log };
    const live = await one.ctx.engine("directory").digest(target, "live", names, io);
    expect(manifest.content).toEqual(live);
  });

  it("fails when they never hold still, rather than keep a mixture", {
    tags: shows("directory", 43),
  }, async () => {
    await using one = await world();
    const run = runBackup(restless(one, 9), one.work(), "berkas", "backup");
    await expect(run).rejects.toMatchObject({ code: "ENGINE_DUMP_INCOMPLETE" });
    expect(await listBackups(one.ctx, null)).toEqual([]);
  });
});
