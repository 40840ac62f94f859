import { join } from "node:path";
import { expect, test } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import { createCatalog } from "#agent/loop/catalog.ts";
import { EFFECTS } from "#agent/loop/effects.ts";
import { smallApplication } from "#support/small-application.ts";
import { tempDir } from "#support/temp-dir.ts";
import { workContext } from "#support/work-context.ts";

test("a backup made while the vaults are being looked at is seen by the next look, not ten minutes later", async () => {
  await using dir = await tempDir();
  const app = await smallApplication(join(dir.path, "app"));
  await using one = await workContext({ dir: dir.path, targets: app.targets });
  const listed = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  let looks = 0;
  const catalog = createCatalog(one.ctx, {
    ...EFFECTS,
    list: async (ctx, alias) => {
      looks += 1;
      const found = await listBackups(ctx, alias);
      listed.resolve();
      await goOn.promise;
      return found;
    },
  });
  const first = catalog.refresh();
  await listed.promise;
  const { summary } = await runBackup(one.ctx, one.work(), "berkas", "backup");
  // Told thrice: one further look is enough for all.
  const others = [catalog.refresh(), catalog.refresh(), catalog.refresh()];
  goOn.resolve();
  await Promise.all([first, ...others]);
  expect(catalog.unsent("sesi")?.backups.map(({ id }) => id)).toEqual([summary.id]);
  expect(looks).toBe(2);
});
