/** What lies in a vault is altered, lost or put back behind the agent's back. */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runBackup } from "#agent/backup/run-backup.ts";
import { assertInvariants } from "#support/invariants.ts";
import { descendantsOf } from "#support/proc.ts";
import { writeVaultSecret } from "#support/vaults.ts";
import { shows } from "./faults.ts";
import { ALIAS, flip, KINDS, keepState, type VaultWorld, vaultWorld } from "./vault-world.ts";

const DAYS = 3;
const FULL_TIMEOUT_MS = 900_000;

type Spoil = (largest: string, snapshot: string) => Promise<void>;

/** After a missing pack restic looks again for a minute, each time: only in a whole run. */
function spoilsOf(kind: (typeof KINDS)[number]): (readonly [string, number, Spoil])[] {
  const isFull = process.env["PULIH_FAULT"] === "full";
  const flipped = ["a flipped bit", 29, flip] as const;
  const missing = ["a missing file", 30, (file: string) => rm(file)] as const;
  const snapshot = ["a missing snapshot", 30, (_: string, file: string) => rm(file)] as const;
  if (kind === "objects") return [flipped, missing];
  return isFull ? [flipped, snapshot, missing] : [flipped, snapshot];
}

describe.each(KINDS)("in a vault of kind %s", (kind) => {
  describe.each(spoilsOf(kind))("%s", (_what, fault, spoil) => {
    it("is found in time, keeps its backup from use, is told, and is left as it is", {
      tags: shows(kind, fault),
      timeout: FULL_TIMEOUT_MS,
    }, async () => {
      await using one = await vaultWorld(kind);
      const [vault] = one.ctx.config.vaults;
      if (vault) vault.bacaSemuaHari = DAYS;
      const programs = descendantsOf(process.pid);
      const good = await one.backup();
      const { made: bad, file } = await one.storedBy(() => one.backup());
      await spoil(file, join(one.vaultDir, "snapshots", bad.manifest.receipt.object));
      const live = await one.app.state();

      // Not known yet: the vault itself is what notices.
      await expect(one.restore(bad, "job-1")).rejects.toMatchObject({
        code: expect.stringMatching(/^VAULT_(CORRUPT|BACKUP_UNKNOWN)$/),
      });
      expect(await one.app.state()).toEqual(live);

      const found: string[] = [];
      for (let day = 1; day <= DAYS; day += 1) {
        found.push(...(await one.watch(day)).rota.flatMap(({ damaged }) => damaged));
      }
      expect(new Set(found)).toEqual(new Set([bad.manifest.id]));
      expect(await one.offered()).toEqual([good.manifest.id]);
      expect(await one.alerts(DAYS)).toEqual(["vault_damaged"]);
      one.told.length = 0;
      await expect(one.restore(bad, "job-2")).rejects.toMatchObject({
        code: "VAULT_CORRUPT",
        detail: { backup: bad.manifest.id },
      });
      expect(one.told).toEqual([]);
      await assertInvariants({
        agent: one,
        live: { now: await one.app.state(), allowed: [live] },
        backups: [good.manifest.id],
        remains: await one.app.remains(),
        programs,
      });

      // Nobody mends it but people; what is written anew is whole.
      await expect(one.ctx.vault("gudang").verify(bad.manifest.receipt)).rejects.toThrow();
      const next = await one.backup();
      expect((await one.offered()).toSorted()).toEqual(
        [good.manifest.id, next.manifest.id].toSorted(),
      );
      expect(await one.alerts(DAYS)).toEqual(["vault_damaged"]);
    });
  });

  it("a wrong password is told as such at once, and nothing is written", {
    tags: shows(kind, 31),
  }, async () => {
    await using one = await vaultWorld(kind);
    const good = await one.backup();
    const live = await one.app.state();
    const putBack = await keepState(one.keyFile);
    await writeVaultSecret(one.keyFile);
    const refused = { code: "VAULT_CREDENTIALS" };
    await expect(runBackup(one.ctx, one.work(), ALIAS, "backup")).rejects.toMatchObject(refused);
    await expect(one.restore(good, "job-1")).rejects.toMatchObject(refused);
    expect((await one.watch(1)).rota[0]).toMatchObject({ error: "VAULT_CREDENTIALS", parts: [] });
    expect(await one.app.state()).toEqual(live);
    await putBack();
    expect(await one.offered()).toEqual([good.manifest.id]);
    expect((await one.watch(2)).rota[0]?.parts).toEqual([{ part: 1, isIntact: true }]);
  });

  describe("a store that is not the one it was", { tags: shows(kind, 32) }, () => {
    it("shows the gap in the chain, also after new backups were made in it", async () => {
      await using one = await vaultWorld(kind);
      await one.backup();
      const putBack = await keepState(one.vaultDir);
      const lost = await one.backup(0.1);
      expect((await one.watch(0.2)).broken).toEqual([]);
      await putBack();
      const gap = (found: VaultWorld) => [
        {
          alias: ALIAS,
          vault: found.ctx.config.vaults[0]?.alias,
          lost: [expect.objectContaining({ backup: lost.manifest.id })],
        },
      ];
      expect((await one.watch(0.3)).broken).toEqual(gap(one));
      expect(await one.alerts(0.3)).toEqual(["backups_lost"]);
      const next = await one.backup(0.4);
      // The new manifest names the one that is gone, so that no one can leave it out unseen.
      expect(next.manifest.previous).toBe(lost.summary.manifest);
      expect((await one.watch(0.5)).broken).toEqual(gap(one));
    });

    it("is refused where another stands in its place", async () => {
      await using one = await vaultWorld(kind);
      await one.backup();
      await using other = await vaultWorld(kind, { ownStore: true });
      await other.backup();
      await rm(one.vaultDir, { recursive: true });
      await cp(other.vaultDir, one.vaultDir, { recursive: true });
      await cp(other.keyFile, one.keyFile);
      await expect(runBackup(one.ctx, one.work(), ALIAS, "backup")).rejects.toMatchObject({
        code: "VAULT_UNREACHABLE",
        detail: { reason: "another store" },
      });
      expect(await one.offered()).toEqual([]);
      await one.watch(0.1);
      expect(await one.alerts(0.1)).toEqual(["backups_lost"]);
    });
  });
});
