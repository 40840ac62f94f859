import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import { eventually } from "#support/eventually.ts";
import { descendantsOf, isAlive } from "#support/proc.ts";
import { quickenResticKey } from "#support/quick-restic-key.ts";
import { tempDir } from "#support/temp-dir.ts";
import { storeOf, type VaultKinds, vaultConfigAt, writeVaultSecret } from "#support/vaults.ts";

const ROUNDS = 3;
const TWO_HOURS_MS = 2 * 60 * 60_000;

describe.each<VaultKinds>(["restic", "objects"])(
  "kill -9 of an agent that puts into %s",
  (kind) => {
    it("leaves no stream, no process, and a vault that works", async () => {
      await using dir = await tempDir();
      await using host = localHost();
      const config = vaultConfigAt(dir.path, kind);
      const dataDir = join(dir.path, "data");
      await writeVaultSecret(join(dir.path, "secret"));
      const vault = openVault(config, { host, dataDir });
      await vault.prepare();
      if (kind === "restic") await quickenResticKey(storeOf(config), join(dir.path, "secret"));

      for (let round = 0; round < ROUNDS; round += 1) {
        const sizeBefore = await sizeOf(storeOf(config));
        const order = JSON.stringify({ config, dataDir, mode: "hold", bytes: 0 });
        const agent = spawn(process.execPath, ["test/support/vault-program.ts", order], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        await once(agent.stdout, "data");
        const pid = agent.pid ?? 0;
        await eventually(
          "bytes are stored",
          async () => (await sizeOf(storeOf(config))) > sizeBefore + 5_000_000,
        );
        const children = descendantsOf(pid);
        expect(children.length).toBeGreaterThan(0);
        agent.kill("SIGKILL");
        await once(agent, "exit");
        await eventually("its children are gone", () => !children.some(isAlive));
        // restic takes a lock for a living process's as long as the dead one was not reaped.
        await eventually(
          "they are reaped",
          () => !children.some((one) => existsSync(`/proc/${one}`)),
        );
        expect(await streamsIn(kind, storeOf(config), dir.path)).toEqual([]);
      }

      await makeOld(join(storeOf(config), kind === "objects" ? "objects" : "locks"));
      await vault.prepare();
      expect(await litterIn(kind, storeOf(config))).toEqual([]);
      const writer = await vault.put({ backup: "after" });
      const producer = await host.spawn(["echo", "isi"], { stdout: { fd: writer.fd } });
      expect((await producer.exit).code).toBe(0);
      const receipt = await writer.commit();
      expect(await vault.verify(receipt)).toMatchObject({ bytes: 4 });
    });
  },
);

async function sizeOf(path: string): Promise<number> {
  // Files may go while du looks: its figure counts, not its exit code.
  const ended = await promisify(execFile)("du", ["-sb", path]).catch(
    (error: { stdout: string }) => error,
  );
  return Number.parseInt(ended.stdout, 10);
}

async function streamsIn(kind: VaultKinds, store: string, dir: string): Promise<string[]> {
  if (kind === "objects") {
    const names = await readdir(join(store, "objects"));
    return names.filter((name) => !name.endsWith(".part"));
  }
  const secret = join(dir, "secret");
  const where = ["-r", store, "--password-file", secret, "--no-cache", "--no-lock"];
  const { stdout } = await promisify(execFile)("restic", [...where, "list", "snapshots"]);
  return stdout.split("\n").filter(Boolean);
}

async function litterIn(kind: VaultKinds, store: string): Promise<string[]> {
  return readdir(join(store, kind === "objects" ? "objects" : "locks"));
}

/** As if the crash had been long ago. */
async function makeOld(directory: string): Promise<void> {
  const then = new Date(Date.now() - TWO_HOURS_MS);
  for (const name of await readdir(directory)) await utimes(join(directory, name), then, then);
}
