import { mkdir, open, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import type { VerifiedBackup } from "#agent/backup/open-manifest.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import type { Engine } from "#agent/engines/engine.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { sideNames } from "#agent/restore/side-names.ts";
import type { Vault } from "#agent/vault/vault.ts";
import { AppError } from "#domain/errors.ts";
import type { EngineId } from "#protocol/manifest.ts";
import type { ProgressPhase } from "#protocol/v1.ts";
import {
  type ApplicationState,
  type SmallApplication,
  smallApplication,
} from "#support/small-application.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { type WorkContext, workContext } from "#support/work-context.ts";

interface World extends WorkContext {
  readonly app: SmallApplication;
  readonly backups: readonly VerifiedBackup[];
  readonly before: ApplicationState;
  restore(over?: Parameters<WorkContext["work"]>[0]): Promise<unknown>;
}

interface Faults {
  readonly engine?: (engine: Engine) => Partial<Engine>;
  readonly vault?: (vault: Vault) => Partial<Vault>;
}

/** An application, backed up and damaged; the faults come into force with the restore. */
async function damagedWorld(faults: Faults = {}): Promise<World> {
  const dir: TempDir = await tempDir();
  const app = await smallApplication(join(dir.path, "app"));
  let isOn = false;
  const work = await workContext({
    targets: app.targets,
    engine: (engine) => (isOn ? { ...engine, ...faults.engine?.(engine) } : engine),
    vault: (vault) =>
      new Proxy(vault, {
        get: (whole, key) =>
          Reflect.get(isOn ? { ...whole, ...faults.vault?.(whole) } : whole, key),
      }),
  });
  const backups: VerifiedBackup[] = [];
  for (const { alias } of app.targets) {
    backups.push(await runBackup(work.ctx, work.work(), alias, "backup"));
  }
  await app.damage();
  const before = await app.state();
  isOn = true;
  return {
    ...work,
    ...{ app, backups, before },
    restore: (over) =>
      runRestore(work.ctx, work.work(over), {
        job: "job-1",
        choices: backups.map(({ summary }) => ({ alias: summary.alias, backup: summary.id })),
        manifests: Object.fromEntries(backups.map(({ summary }) => [summary.id, summary.manifest])),
      }),
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** Byte for byte what it was, no copy left beside it, nothing left to do, and open to its users. */
async function assertUntouched(one: World): Promise<void> {
  expect(await one.app.state()).toEqual(one.before);
  expect(await one.app.remains()).toEqual([]);
  expect(await resumeRestores(one.ctx)).toEqual([]);
  await one.app.write();
}

/** Faults of one engine only; the other one works. */
function only(id: EngineId, change: (engine: Engine) => Partial<Engine>): Faults {
  return { engine: (engine) => (engine.id === id ? change(engine) : {}) };
}

const broken = () => Promise.reject(new AppError("ENGINE_SWAP_FAILED", "as the test wants it"));

describe("a restore that fails leaves everything as it was", () => {
  it.each(["basis-data", "berkas"])("where the stored stream of %s is altered", async (alias) => {
    await using one = await damagedWorld();
    const receipt = one.backups.find(({ summary }) => summary.alias === alias)?.manifest.receipt;
    await flipByte(join(one.vaultDir, "objects", receipt?.object ?? ""));
    await expect(one.restore()).rejects.toMatchObject({ code: "VAULT_CORRUPT" });
    await assertUntouched(one);
  });

  it.each(["basis-data", "berkas"])(
    "where the whole stream of %s was taken before the vault finds it wrong",
    async (alias) => {
      const object = { current: "" };
      const taken = Promise.withResolvers<void>();
      await using one = await damagedWorld({
        engine: (engine) => ({
          loadSide: async (target, ...rest) => {
            await engine.loadSide(target, ...rest);
            if (target.alias === alias) taken.resolve();
          },
        }),
        vault: (vault) => ({
          get: async (receipt, signal) => {
            const reader = await vault.get(receipt, signal);
            const wrong = receipt.object === object.current;
            const done = reader.done.then(async () => {
              if (!wrong) return;
              await taken.promise;
              throw new AppError("VAULT_CORRUPT", "as the test wants it");
            });
            done.catch(() => undefined);
            return { ...reader, done };
          },
        }),
      });
      object.current =
        one.backups.find(({ summary }) => summary.alias === alias)?.manifest.receipt.object ?? "";
      await expect(one.restore()).rejects.toMatchObject({ code: "VAULT_CORRUPT" });
      await assertUntouched(one);
    },
  );

  it("where a row of the side copy differs from the backup", async () => {
    await using one = await damagedWorld(
      only("sqlite", (engine) => ({
        loadSide: async (target, names, ...rest) => {
          await engine.loadSide(target, names, ...rest);
          if (target.engine !== "sqlite") return;
          const side = new DatabaseSync(`${target.berkas}.${names.side}`);
          side.exec("UPDATE pegawai SET nama = 'lain' WHERE id = 7");
          side.close();
        },
      })),
    );
    await expect(one.restore()).rejects.toMatchObject({ code: "ENGINE_DIGEST_MISMATCH" });
    const [entry] = one.logged.filter(({ message }) => /content differs/.test(message));
    expect(entry?.detail).toMatchObject({ differences: ["table pegawai"] });
    await assertUntouched(one);
  });

  it.each([1, 2])("where the lease is gone before swap %s of 2", async (swap) => {
    await using one = await damagedWorld();
    let asked = 0;
    const confirmLease = async () => {
      asked += 1;
      if (asked === swap) throw new AppError("JOB_STALE_LEASE", "as the test wants it");
    };
    await expect(one.restore({ confirmLease })).rejects.toMatchObject({ code: "JOB_STALE_LEASE" });
    await assertUntouched(one);
  });

  it.each<[string, string, Faults]>([
    [
      "ENGINE_SWAP_FAILED",
      "the second target cannot be swapped",
      only("directory", () => ({ swap: broken })),
    ],
    [
      "ENGINE_SWAP_FAILED",
      "the second swap stops between its renames",
      only("directory", (engine) => ({
        swap: async (target, names, io) => {
          if (target.engine === "directory") {
            await io.host.run(["mv", "-T", target.direktori, `${target.direktori}.${names.old}`]);
          }
          expect(await engine.swapState(target, names, io)).toBe("between");
          await broken();
        },
      })),
    ],
    [
      "ENGINE_SWAP_FAILED",
      "the second target is not what it should be after its swap",
      only("directory", (engine) => ({
        digest: async (target, copy, names, io) => {
          const content = await engine.digest(target, copy, names, io);
          return copy === "live" ? { ...content, digest: "0".repeat(64) } : content;
        },
      })),
    ],
    [
      "ENGINE_BUSY",
      "users of the second target cannot be kept out",
      only("directory", () => ({
        quiesce: () => Promise.reject(new AppError("ENGINE_BUSY", "as the test wants it")),
      })),
    ],
    [
      "ENGINE_SPACE",
      "there is no room for the second side copy",
      only("directory", () => ({
        loadSide: () => Promise.reject(new AppError("ENGINE_SPACE", "as the test wants it")),
      })),
    ],
    [
      "VAULT_FULL",
      "the safety backup has no room",
      {
        vault: () => ({
          put: () => Promise.reject(new AppError("VAULT_FULL", "as the test wants it")),
        }),
      },
    ],
    [
      "VAULT_CORRUPT",
      "the safety backup does not verify",
      {
        vault: () => ({
          verify: () => Promise.reject(new AppError("VAULT_CORRUPT", "as the test wants it")),
        }),
      },
    ],
  ])("with %s where %s", async (code, _what, faults) => {
    await using one = await damagedWorld(faults);
    await expect(one.restore()).rejects.toMatchObject({ code });
    await assertUntouched(one);
  });

  it.each<ProgressPhase>([
    "preflight",
    "side",
    "verify",
    "quiesce",
    "safety",
    "swap",
    "check_live",
  ])("where it is called off in phase %s", async (phase) => {
    await using one = await damagedWorld();
    const control = new AbortController();
    const progress = (event: { readonly phase: ProgressPhase }) => {
      if (event.phase === phase) control.abort();
    };
    const restore = one.restore({ signal: control.signal, progress });
    await expect(restore).rejects.toMatchObject({ code: "JOB_CANCELLED" });
    await assertUntouched(one);
  });

  it("where the consumer of the stream is killed", async () => {
    await using one = await damagedWorld();
    const ctx = {
      ...one.ctx,
      openHost: async (place: Parameters<typeof one.ctx.openHost>[0]) => {
        const host = await one.ctx.openHost(place);
        const spawn: typeof host.spawn = (argv, options) =>
          host.spawn(
            argv.includes("--extract") ? ["sh", "-c", "head -c 600; kill -9 $$"] : argv,
            options,
          );
        return { ...host, spawn };
      },
    };
    const restore = runRestore(ctx, one.work(), {
      job: "job-1",
      choices: one.backups.map(({ summary }) => ({ alias: summary.alias, backup: summary.id })),
      manifests: Object.fromEntries(
        one.backups.map(({ summary }) => [summary.id, summary.manifest]),
      ),
    });
    await expect(restore).rejects.toMatchObject({ code: "ENGINE_LOAD_FAILED" });
    await assertUntouched(one);
  });

  it("and keeps the safety backup it made, since the data were live then", async () => {
    await using one = await damagedWorld(only("directory", () => ({ swap: broken })));
    await expect(one.restore()).rejects.toMatchObject({ code: "ENGINE_SWAP_FAILED" });
    const purposes = (await listBackups(one.ctx, null)).map(({ summary }) => summary.purpose);
    expect(purposes.sort()).toEqual(["backup", "backup", "safety", "safety"]);
  });
});

describe("a restore that can be neither finished nor undone", () => {
  it("says that a person is needed, keeps others out, and is undone at the next start", async () => {
    let isStuck = true;
    await using one = await damagedWorld(
      only("directory", (engine) => ({
        swap: async (...args) => {
          await engine.swap(...args);
          await broken();
        },
        rollback: (...args) => (isStuck ? broken() : engine.rollback(...args)),
      })),
    );
    await expect(one.restore()).rejects.toMatchObject({ code: "ENGINE_NEEDS_HUMAN" });
    expect(await resumeRestores(one.ctx)).toMatchObject([{ job: "job-1", data: "needs_human" }]);
    const [backup] = one.backups;
    if (!backup) throw new Error("no backup");
    await expect(
      runRestore(one.ctx, one.work({ job: "job-2" }), {
        job: "job-2",
        choices: [{ alias: backup.summary.alias, backup: backup.summary.id }],
        manifests: { [backup.summary.id]: backup.summary.manifest },
      }),
    ).rejects.toMatchObject({ code: "ENGINE_NEEDS_HUMAN" });
    isStuck = false;
    expect(await resumeRestores(one.ctx)).toMatchObject([{ job: "job-1", data: "old" }]);
    await assertUntouched(one);
  });

  it("lets users in again although a side copy cannot be removed, which the next start does", async () => {
    let isStuck = true;
    await using one = await damagedWorld(
      only("sqlite", (engine) => ({
        swap: broken,
        dropSide: (...args) => (isStuck ? broken() : engine.dropSide(...args)),
      })),
    );
    await expect(one.restore()).rejects.toMatchObject({ code: "ENGINE_NEEDS_HUMAN" });
    expect(await one.app.state()).toEqual(one.before);
    await one.app.write();
    isStuck = false;
    expect(await resumeRestores(one.ctx)).toMatchObject([{ job: "job-1", data: "old" }]);
    expect(await one.app.remains()).toEqual([]);
  });

  it("stays new where only the opening failed after everything was swapped and checked", async () => {
    let isStuck = true;
    await using one = await damagedWorld(
      only("sqlite", (engine) => ({
        reopen: (...args) => (isStuck ? broken() : engine.reopen(...args)),
      })),
    );
    await expect(one.restore()).rejects.toMatchObject({ code: "ENGINE_NEEDS_HUMAN" });
    isStuck = false;
    const [resumed] = await resumeRestores(one.ctx);
    expect(resumed).toMatchObject({ job: "job-1", data: "new" });
    expect(resumed?.results).toHaveLength(2);
    const { old } = sideNames("job-1");
    expect((await readdir(one.app.folder)).sort()).toEqual(
      ["berkas", `berkas.${old}`, "data.db", `data.db.${old}`].sort(),
    );
    expect(await one.app.state()).not.toEqual(one.before);
    await one.app.write();
  });
});

describe("a restore journal", () => {
  const begin = JSON.stringify({
    step: "begin",
    at: "2026-01-05T01:00:00.000Z",
    job: "job-9",
    targets: [{ alias: "basis-data", engine: "sqlite", backup: "b" }],
  });
  const end = JSON.stringify({ step: "end", at: "2026-01-05T01:00:00.000Z", data: "new" });

  it.each([
    ["whose last line a crash tore", `${begin}\n{"step":"swa`, [{ job: "job-9", data: "old" }]],
    ["whose first line a crash tore", begin.slice(0, 40), []],
    ["that is empty", "", []],
    ["that has its end", `${begin}\n${end}\n`, []],
    ["that got its end after a torn line", `${begin}\n{"st\n${end}\n`, []],
  ])("%s is read as far as it counts", async (_what, text, resumed) => {
    await using one = await damagedWorld();
    await mkdir(join(one.ctx.config.data, "restores"), { recursive: true });
    await writeFile(join(one.ctx.config.data, "restores", "job-9.ndjson"), text);
    expect(await resumeRestores(one.ctx)).toMatchObject(resumed);
    await one.restore();
  });

  it("that something else wrote to stops all restores until the operator has seen it", async () => {
    await using one = await damagedWorld();
    const folder = join(one.ctx.config.data, "restores");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "job-9.ndjson"), `${begin}\nrusak\n{"step":"lain"}\n`);
    expect(await resumeRestores(one.ctx)).toEqual([]);
    expect(one.logged.at(-1)).toMatchObject({ detail: { name: "job-9.ndjson" } });
    await expect(one.restore()).rejects.toMatchObject({ code: "ENGINE_NEEDS_HUMAN" });
    await assertUntouched(one);
  });
});

async function flipByte(path: string): Promise<void> {
  const file = await open(path, "r+");
  const { size } = await file.stat();
  const position = Math.floor(size * 0.7);
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, position);
  await file.close();
}
