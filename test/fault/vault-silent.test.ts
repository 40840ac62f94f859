import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import { quickenResticKey } from "#support/quick-restic-key.ts";
import { tempDir } from "#support/temp-dir.ts";
import { restBackend, sftpBackend } from "#support/vault-backends.ts";
import { writeVaultSecret } from "#support/vaults.ts";

const PATIENCE = { lockMs: 1_000, stepMs: 200, tidyMs: 1_000 };

describe.each([
  ["SFTP", sftpBackend],
  ["REST", () => restBackend({ appendOnly: false })],
] as const)("a repository behind %s that no longer answers", (_name, start) => {
  it("keeps nobody who calls off a write or a read", async () => {
    await using dir = await tempDir();
    await using backend = await start();
    await using host = localHost({ graceMs: 500 });
    const secret = join(dir.path, "secret");
    await writeVaultSecret(secret);
    const config = backend.config("diam", secret);
    const vault = openVault(config, { host, dataDir: join(dir.path, "data"), patience: PATIENCE });
    await vault.prepare();
    await quickenResticKey(join(backend.root, "diam"), secret);

    const first = await vault.put({ backup: "b" });
    const source = await host.spawn(["cat"], { stdin: "lines", stdout: { fd: first.fd } });
    source.write(randomBytes(2_000_000).toString("hex"));
    source.end();
    expect((await source.exit).code).toBe(0);
    const receipt = await first.commit();

    const writer = await vault.put({ backup: "b" });
    const producer = await host.spawn(["cat", "/dev/urandom"], { stdout: { fd: writer.fd } });
    const reader = await vault.get(receipt);
    backend.silence?.();
    const control = new AbortController();
    const third = vault.put({ backup: "b" }, control.signal);
    control.abort();
    await expect(third).rejects.toMatchObject({ code: "JOB_CANCELLED" });
    await writer.abort();
    expect((await producer.exit).code).toBeNull();
    await reader.close();
    await expect(reader.done).rejects.toMatchObject({ code: expect.any(String) });
  });
});
