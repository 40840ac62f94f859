import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import type { Receipt } from "#protocol/manifest.ts";
import { eventually } from "#support/eventually.ts";
import { descendantsOf, isAlive } from "#support/proc.ts";
import { quickenResticKey } from "#support/quick-restic-key.ts";
import { tempDir } from "#support/temp-dir.ts";
import { storeOf, vaultConfigAt, writeVaultSecret } from "#support/vaults.ts";
import { shows } from "./faults.ts";

async function world() {
  const dir = await tempDir();
  const host = localHost({ graceMs: 500 });
  const config = vaultConfigAt(dir.path, "restic");
  const dataDir = join(dir.path, "data");
  const secret = join(dir.path, "secret");
  await writeVaultSecret(secret);
  const open = (lockMs: number) =>
    openVault(config, { host, dataDir, patience: { lockMs, stepMs: 200, tidyMs: 20_000 } });
  await open(1_000).prepare();
  await quickenResticKey(storeOf(config), secret);
  return {
    config,
    dataDir,
    host,
    open,
    store: storeOf(config),
    restic: ["-r", storeOf(config), "--password-file", secret, "--no-cache"],
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** A lock that is still being written has another name. */
async function locksIn(store: string): Promise<string[]> {
  return (await readdir(join(store, "locks"))).filter((name) => /^[0-9a-f]{64}$/.test(name));
}

/** An exclusive lock of a living restic: `prune` that is stopped as soon as it has it. */
async function lockExclusively(restic: readonly string[], store: string) {
  const keeper = spawn("restic", [...restic, "prune"], { stdio: "ignore" });
  await eventually("it holds its lock", async () => (await locksIn(store)).length > 0);
  keeper.kill("SIGSTOP");
  expect(await locksIn(store)).toHaveLength(1);
  return {
    release: async () => {
      keeper.kill("SIGCONT");
      if (keeper.exitCode === null) await once(keeper, "exit");
    },
  };
}

async function putLine(all: Awaited<ReturnType<typeof world>>): Promise<Receipt> {
  const writer = await all.open(20_000).put({ backup: "b" });
  const producer = await all.host.spawn(["echo", "isi"], { stdout: { fd: writer.fd } });
  expect((await producer.exit).code).toBe(0);
  return writer.commit();
}

describe("a repository that somebody maintains", { tags: shows("restic", 28) }, () => {
  it("defers a backup with VAULT_LOCKED, waits where it ends in time, and refuses to be pruned twice", async () => {
    await using all = await world();
    const keeper = await lockExclusively(all.restic, all.store);
    const waiting = all.open(60_000).put({ backup: "b" });
    try {
      await expect(all.open(1_000).put({ backup: "b" })).rejects.toMatchObject({
        code: "VAULT_LOCKED",
      });
      await expect(all.open(1_000).putManifest("b-1", "{}")).rejects.toMatchObject({
        code: "VAULT_LOCKED",
        // Deferred: worth another try, and told as such.
        row: { retryable: true, pesan: expect.stringContaining("ditunda") },
      });
      expect(await all.open(1_000).readPart(1, 1)).toMatchObject({ isIntact: true });
    } finally {
      await keeper.release();
    }
    const writer = await waiting;
    const producer = await all.host.spawn(["echo", "isi"], { stdout: { fd: writer.fd } });
    expect((await producer.exit).code).toBe(0);
    const receipt = await writer.commit();
    const again = await lockExclusively(all.restic, all.store);
    try {
      await expect(
        all.open(1_000).remove({ backupIds: [], objects: [receipt.object] }),
      ).rejects.toMatchObject({ code: "VAULT_LOCKED" });
    } finally {
      await again.release();
    }
    expect(await all.open(1_000).verify(receipt)).toMatchObject({ bytes: 4 });
  });
});

/**
 * The lock of a `prune` that was killed. It holds its lock for certain: what it reads next is a pipe
 * into which nobody writes.
 */
async function dieWithLock(
  restic: readonly string[],
  store: string,
  before: readonly string[] = [],
): Promise<void> {
  const pipe = join(store, "index", "a".repeat(64));
  await promisify(execFile)("mkfifo", [pipe]);
  const [program = "", ...args] = [...before, "restic", ...restic, "prune"];
  const keeper = spawn(program, args, { stdio: "ignore" });
  await eventually("it holds its lock", async () => (await locksIn(store)).length > 0);
  keeper.kill("SIGKILL");
  await once(keeper, "exit");
  await rm(pipe);
  expect(await locksIn(store)).toHaveLength(1);
}

describe("a lock whose process is dead", { tags: shows("restic", 27) }, () => {
  it("of another machine is waited for, and left", async () => {
    await using all = await world();
    const elsewhere = ["unshare", "--uts", "sh", "-c", 'hostname asing && exec "$@"', "sh"];
    await dieWithLock(all.restic, all.store, elsewhere);
    const locks = await locksIn(all.store);
    await expect(all.open(1_000).put({ backup: "b" })).rejects.toMatchObject({
      code: "VAULT_LOCKED",
    });
    await all.open(1_000).prepare();
    expect(await locksIn(all.store)).toEqual(locks);
  });

  it("of this machine is taken away, by itself", async () => {
    await using all = await world();
    await dieWithLock(all.restic, all.store);
    expect(await putLine(all)).toMatchObject({ bytes: 4 });
    expect(await locksIn(all.store)).toEqual([]);
  });
});

describe("an upload that was cut short", () => {
  it("counts again: what it had stored is not uploaded once more", async () => {
    await using all = await world();
    const source = join(all.dataDir, "source");
    await promisify(execFile)("dd", ["if=/dev/urandom", `of=${source}`, "bs=1M", "count=200"]);
    const order = JSON.stringify({
      config: all.config,
      dataDir: all.dataDir,
      mode: "hold",
      bytes: 0,
      source,
    });
    const agent = spawn(process.execPath, ["test/support/vault-program.ts", order], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(agent.stdout, "data");
    const notes = async (): Promise<string[]> =>
      (await readdir(join(all.dataDir, "vaults"))).filter((name) => name.includes(".upload."));
    await eventually("it has noted the upload", async () => (await notes()).length > 0, 60_000);
    const children = descendantsOf(agent.pid ?? 0);
    agent.kill("SIGKILL");
    await once(agent, "exit");
    await eventually("its children are reaped", () =>
      children.every((pid) => !isAlive(pid) && !existsSync(`/proc/${pid}`)),
    );
    expect(await readdir(join(all.store, "index"))).toEqual([]);

    const vault = all.open(20_000);
    await vault.prepare();
    const writer = await vault.put({ backup: "b" });
    expect(await notes()).toEqual([]);
    const producer = await all.host.spawn(["cat", source], { stdout: { fd: writer.fd } });
    expect((await producer.exit).code).toBe(0);
    const receipt = await writer.commit();
    expect(receipt.bytes).toBe(200 * 1024 * 1024);
    // 64 MB were stored before it was noted, and packs are whole ones.
    expect(receipt.storedBytes).toBeLessThan(160 * 1024 * 1024);
    expect(await vault.verify(receipt)).toMatchObject({ bytes: receipt.bytes });
    await rm(source);
  });
});
