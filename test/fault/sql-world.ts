/** A SQL server and an agent that backs one of its databases up. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import type { VerifiedBackup } from "#agent/backup/open-manifest.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import type { Host } from "#agent/process/host.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { hostWith } from "#support/engine-io.ts";
import { assertInvariants } from "#support/invariants.ts";
import { descendantsOf } from "#support/proc.ts";
import { type WorkContext, workContext } from "#support/work-context.ts";
import { ROW, type SqlServer, type SqlTarget, WRONG_PASSWORD } from "./sql-servers.ts";

const ALIAS = "arsip";

export interface SqlWorld extends WorkContext {
  readonly server: SqlServer;
  readonly target: SqlTarget;
  backUp(signal?: AbortSignal): Promise<VerifiedBackup>;
  backups(): Promise<readonly VerifiedBackup[]>;
  restore(backup: VerifiedBackup): Promise<unknown>;
  /**
   * The seven invariants: live data are one of the allowed, and no backups but these are there. Null
   * where the server is gone and cannot be asked.
   */
  assertAftermath(
    allowed: readonly string[] | null,
    backups?: readonly VerifiedBackup[],
  ): Promise<void>;
}

export interface SqlWorldOptions {
  /** A folder whose programs are found before the system's. */
  readonly programs?: string;
  /** A program that is not installed. */
  readonly without?: string;
  /** The folder of an agent there was before. */
  readonly dir?: string;
}

export async function sqlWorld(
  server: SqlServer,
  target: SqlTarget,
  { programs, without, dir }: SqlWorldOptions = {},
): Promise<SqlWorld> {
  const { vault: _vault, izin: _izin, ...place } = target;
  const work = await workContext({
    targets: [{ ...place, alias: ALIAS }],
    ...(dir === undefined ? {} : { dir }),
  });
  const started = descendantsOf(process.pid);
  const ctx = {
    ...work.ctx,
    openHost: async () => lacking(hostWith(programs), without),
  };
  const agent = { ...work, ctx };
  return {
    ...agent,
    server,
    target,
    backUp: (signal) => runBackup(ctx, work.work(signal ? { signal } : {}), ALIAS, "backup"),
    restore: ({ summary }) => {
      const job = randomUUID();
      return runRestore(ctx, work.work({ job }), {
        job,
        choices: [{ alias: ALIAS, backup: summary.id }],
        manifests: { [summary.id]: summary.manifest },
      });
    },
    backups: () => listBackups(ctx, null),
    assertAftermath: async (allowed, backups = []) => {
      const ids = backups.map(({ summary }) => summary.id);
      expect((await listBackups(ctx, null)).map(({ summary }) => summary.id)).toEqual(ids);
      await assertInvariants({
        agent,
        live: {
          now: allowed && (await server.state(target.database)),
          allowed: allowed ?? [null],
        },
        backups: ids,
        remains: allowed ? await server.copies() : [],
        programs: started,
        secrets: [ROW, WRONG_PASSWORD],
      });
    },
  };
}

/** Looks for one program where there is nothing. */
function lacking(host: Host, program: string | undefined): Host {
  const at = ([name = "", ...rest]: readonly string[]) => [
    name === program ? `/tidak/ada/${name}` : name,
    ...rest,
  ];
  return {
    ...host,
    run: (argv, options) => host.run(at(argv), options),
    spawn: (argv, options) => host.spawn(at(argv), options),
  };
}
