import { execFile } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import { quickenResticKey } from "#support/quick-restic-key.ts";
import { tempDir } from "#support/temp-dir.ts";
import { storeOf, type VaultKinds, vaultConfigAt, writeVaultSecret } from "#support/vaults.ts";
import { shows } from "./faults.ts";

const run = promisify(execFile);

describe.each<VaultKinds>(["restic", "objects"])("a full disk under %s", (kind) => {
  const title =
    "stops the producer, is told as such, and leaves a sound vault that works with room";
  it(title, { tags: shows(kind, 25) }, async () => {
    await using dir = await tempDir();
    await using host = localHost({ graceMs: 500 });
    const config = vaultConfigAt(dir.path, kind);
    await writeVaultSecret(join(dir.path, "secret"));
    await mkdir(storeOf(config));
    await run("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", storeOf(config)]);
    try {
      const vault = openVault(config, { host, dataDir: join(dir.path, "data") });
      await vault.prepare();

      if (kind === "restic") await quickenResticKey(storeOf(config), join(dir.path, "secret"));
      const before = await vault.put({ backup: "b" });
      const first = await host.spawn(["echo", "isi"], { stdout: { fd: before.fd } });
      expect((await first.exit).code).toBe(0);
      const kept = await before.commit();

      const endless = await vault.put({ backup: "b" });
      const producer = await host.spawn(["cat", "/dev/urandom"], { stdout: { fd: endless.fd } });
      expect((await producer.exit).signal).toBe("SIGPIPE");
      await endless.abort();
      expect(endless.failure?.()).toMatchObject({ code: "VAULT_FULL" });

      // A stream whose producer succeeded before the store noticed.
      const long = await vault.put({ backup: "b" });
      const finite = await host.spawn(["head", "-c", "60000000", "/dev/urandom"], {
        stdout: { fd: long.fd },
      });
      await finite.exit;
      await expect(long.commit()).rejects.toMatchObject({ code: "VAULT_FULL" });
      expect(await vault.verify(kept)).toMatchObject({ bytes: 4 });
      expect(await vault.readPart(1, 1)).toMatchObject({ isIntact: true });

      await run("mount", ["-o", "remount,size=200m", storeOf(config)]);
      const writer = await vault.put({ backup: "b" });
      const small = await host.spawn(["head", "-c", "5000000", "/dev/urandom"], {
        stdout: { fd: writer.fd },
      });
      expect((await small.exit).code).toBe(0);
      const receipt = await writer.commit();
      expect(await vault.verify(receipt)).toMatchObject({ bytes: 5_000_000 });
      const listed = await readdir(
        join(storeOf(config), kind === "objects" ? "objects" : "snapshots"),
      );
      expect(listed.toSorted()).toEqual([kept.object, receipt.object].toSorted());
    } finally {
      await run("umount", ["-l", storeOf(config)]);
    }
  });
});
