/** An agent with a small application of two targets, for tests of the restore frame. */
import { join } from "node:path";
import type { VerifiedBackup } from "#agent/backup/open-manifest.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import type { Engine } from "#agent/engines/engine.ts";
import type { EngineId } from "#protocol/manifest.ts";
import { type SmallApplication, smallApplication } from "#support/small-application.ts";
import { tempDir } from "#support/temp-dir.ts";
import {
  type TestTarget,
  type WorkContext,
  type WorkContextOptions,
  workContext,
} from "#support/work-context.ts";

export interface World extends WorkContext {
  readonly app: SmallApplication;
}

/** `care` goes to the database; questions are for engines with statements. */
export async function world({
  care,
  ...over
}: Partial<WorkContextOptions> & {
  readonly care?: Pick<TestTarget, "verifikasi">;
} = {}): Promise<World> {
  const dir = await tempDir();
  const app = await smallApplication(join(dir.path, "app"));
  const [database, files] = app.targets;
  const work = await workContext({ targets: [{ ...database, ...care }, files], ...over });
  return {
    ...work,
    app,
    async [Symbol.asyncDispose]() {
      await work[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** Backups of both targets. */
export async function backUp(one: World): Promise<VerifiedBackup[]> {
  const backups = [];
  for (const { alias } of one.app.targets) {
    backups.push(await runBackup(one.ctx, one.work(), alias, "backup"));
  }
  return backups;
}

export function requestFor(job: string, backups: readonly VerifiedBackup[]) {
  return {
    job,
    choices: backups.map(({ summary }) => ({ alias: summary.alias, backup: summary.id })),
    manifests: Object.fromEntries(backups.map(({ summary }) => [summary.id, summary.manifest])),
  };
}

/** Changes one engine as long as the switch is on. */
export function when(
  isOn: () => boolean,
  id: EngineId,
  change: (engine: Engine) => Partial<Engine>,
): Pick<WorkContextOptions, "engine"> {
  return {
    engine: (engine) => (engine.id === id && isOn() ? { ...engine, ...change(engine) } : engine),
  };
}
