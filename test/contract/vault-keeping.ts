/** What must hold of every vault when it is kept: listing, marking, removing and reading of all it holds. */
import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import {
  type Fixture,
  manifestsOf,
  putBytes,
  sizeOf,
  streamsOf,
  type VaultSuite,
} from "./vault-fixture.ts";

const DAMAGED_BYTES = 4_000_000;

export function keepingTests(
  suite: VaultSuite,
  isWhole: boolean,
  start: () => Promise<Fixture>,
): void {
  it("reads all it holds in parts, and tells in which there is damage", async () => {
    await using fixture = await start();
    const receipt = await putBytes(fixture, randomBytes(DAMAGED_BYTES));
    const other = await putBytes(fixture, randomBytes(DAMAGED_BYTES));
    const parts = [1, 2];
    let bytes = 0;
    for (const part of parts) {
      const found = await fixture.vault.readPart(part, parts.length);
      expect(found.isIntact).toBe(true);
      bytes += found.bytes ?? 0;
    }
    if (bytes > 0) expect(bytes).toBeGreaterThanOrEqual(2 * DAMAGED_BYTES);
    const [damage] = Object.values(suite.damages);
    await damage?.(fixture, receipt, other);
    const found: boolean[] = [];
    for (const part of parts) {
      found.push((await fixture.vault.readPart(part, parts.length)).isIntact);
    }
    expect(found).toContain(false);
    expect(await suite.litter(fixture)).toEqual([]);
  });

  it("lists its streams, and removes what is named and nothing else", async () => {
    await using fixture = await start();
    const { vault } = fixture;
    const kept = await putBytes(fixture, randomBytes(2_000_000), "b-kept");
    const gone = await putBytes(fixture, randomBytes(2_000_000), "b-gone");
    const orphan = await putBytes(fixture, randomBytes(2_000_000), "b-orphan");
    await vault.putManifest("b-kept", '{"payload":"tetap"}');
    await vault.putManifest("b-gone", '{"payload":"pergi"}');
    const listed = await streamsOf(vault);
    expect(listed.map(({ object }) => object).sort()).toEqual(
      [kept, gone, orphan].map(({ object }) => object).sort(),
    );
    for (const { tags, storedAt } of listed) {
      expect(Math.abs(Date.now() - Date.parse(storedAt))).toBeLessThan(10 * 60_000);
      if (Object.keys(tags).length > 0) expect(tags.alias).toBe("basis-data");
    }
    const what = {
      backupIds: ["b-gone", "b-never"],
      objects: [gone.object, orphan.object, suite.unknownObject],
    };
    if (!suite.mayDelete) {
      await expect(vault.remove(what)).rejects.toMatchObject({ code: "VAULT_DELETE_REFUSED" });
      await expect(vault.markOrphans([orphan.object])).rejects.toMatchObject({
        code: "VAULT_DELETE_REFUSED",
      });
      expect(await manifestsOf(vault)).toHaveLength(2);
      expect(await suite.streams(fixture)).toHaveLength(3);
      return;
    }
    const before = await sizeOf(fixture.folder);
    await vault.remove(what);
    await vault.remove(what);
    expect(await suite.streams(fixture)).toEqual([kept.object]);
    expect(await manifestsOf(vault)).toEqual([["b-kept", '{"payload":"tetap"}']]);
    expect(await manifestsOf(fixture.reopen(fixture.config))).toHaveLength(1);
    expect(await vault.verify(kept)).toMatchObject({ bytes: 2_000_000 });
    await expect(vault.verify(gone)).rejects.toMatchObject({ code: "VAULT_BACKUP_UNKNOWN" });
    expect(before - (await sizeOf(fixture.folder))).toBeGreaterThan(3_500_000);
    expect(await suite.litter(fixture)).toEqual([]);
  });

  if (suite.mayDelete && isWhole) {
    it("marks orphans once, for people who look with other tools", async () => {
      await using fixture = await start();
      const kept = await putBytes(fixture, randomBytes(1000));
      const orphan = await putBytes(fixture, randomBytes(1000));
      await fixture.vault.markOrphans([orphan.object]);
      const [marked] = await suite.orphans(fixture);
      expect(await suite.orphans(fixture)).toHaveLength(1);
      const listed = (await streamsOf(fixture.vault)).map(({ object }) => object);
      expect(listed.sort()).toEqual([kept.object, marked].sort());
      await fixture.vault.markOrphans([orphan.object, marked ?? ""]);
      expect(await suite.orphans(fixture)).toEqual([marked]);
      await fixture.vault.remove({ backupIds: [], objects: [marked ?? ""] });
      expect(await suite.streams(fixture)).toEqual([kept.object]);
      expect(await suite.orphans(fixture)).toEqual([]);
    });
  }
}
