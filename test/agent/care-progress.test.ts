import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runBackup } from "#agent/backup/run-backup.ts";
import { VaultConfig } from "#agent/config.ts";
import type { Engine } from "#agent/engines/engine.ts";
import { previousManifest } from "#agent/keep/chain.ts";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import type { Vault } from "#agent/vault/vault.ts";
import { eventually } from "#support/eventually.ts";
import { tempDir } from "#support/temp-dir.ts";
import { type WorkContext, workContext } from "#support/work-context.ts";

const BYTES = 8 * 1024 * 1024;

async function resticAt(folder: string): Promise<Vault> {
  const berkasSandi = join(folder, "restic.sandi");
  await writeFile(berkasSandi, randomBytes(16).toString("hex"), { mode: 0o600 });
  const config = VaultConfig.parse({
    alias: "gudang",
    jenis: "restic",
    repositori: join(folder, "restic"),
    berkasSandi,
  });
  return openVault(config, { host: localHost(), dataDir: join(folder, "data") });
}

for (const kind of ["objects", "restic"] as const) {
  test(`a dump to ${kind} tells how many bytes are stored, and of about how many`, async () => {
    await using dir = await tempDir();
    await using source = await tempDir();
    await writeFile(join(source.path, "acak"), randomBytes(BYTES));
    const restic = kind === "restic" ? await resticAt(dir.path) : null;
    const figures = () =>
      one.told.filter(
        ({ phase, bytes }) => phase === "dump" && bytes !== null && bytes > BYTES / 2,
      );
    /** All bytes are out, but the producer does not end before somebody was told. */
    const waiting = (engine: Engine): Engine => ({
      ...engine,
      async dump(...args) {
        const report = await engine.dump(...args);
        await eventually("figures", () => figures().length > 0, 60_000);
        return report;
      },
    });
    const one: WorkContext = await workContext({
      dir: dir.path,
      targets: [{ alias: "berkas", engine: "directory", direktori: source.path }],
      engine: waiting,
      ...(restic ? { vault: () => restic } : {}),
    });
    const made = await runBackup(one.ctx, one.work(), "berkas", "backup");
    const [told] = figures();
    expect(told?.bytes).toBeLessThanOrEqual(made.manifest.receipt.bytes);
    expect(told?.percent).toBeGreaterThan(0);
    expect(told?.percent).toBeLessThanOrEqual(99);

    // The next backup names this one, so that a lost one would be noticed.
    expect(made.manifest.previous).toBe(null);
    expect(await previousManifest(one.ctx.config.data, "berkas")).toBe(made.summary.manifest);
    one.told.length = 0;
    const next = await runBackup(one.ctx, one.work(), "berkas", "backup");
    expect(next.manifest.previous).toBe(made.summary.manifest);
  }, 120_000);
}
