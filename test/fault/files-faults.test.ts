/** Faults of SQLite files and directories that need a real disk, a real shell or a real source lost. */
import { chmodSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it, vi } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import type { AgentContext } from "#agent/context.ts";
import type { Host } from "#agent/process/host.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { assertInvariants } from "#support/invariants.ts";
import { descendantsOf } from "#support/proc.ts";
import { type SmallApplication, smallApplication } from "#support/small-application.ts";
import { smallDisk } from "#support/small-disk.ts";
import { startSshd } from "#support/sshd.ts";
import { tempDir } from "#support/temp-dir.ts";
import { type WorkContext, workContext } from "#support/work-context.ts";
import { shows } from "./faults.ts";

const TARGETS = [
  ["sqlite", "basis-data"],
  ["directory", "berkas"],
] as const;

/** What a liar passes on of its output: nothing, an even part of it, all but tar's two last blocks. */
const CUTS = ["head -c 0", "head -c 10240", "head -c -1024"];
const CUTS_FAR = process.env["PULIH_FAULT"] === "full" ? CUTS : CUTS.slice(-1);

afterEach(() => vi.unstubAllEnvs());

/** Backs a target up; what came of it: nothing listed, live as it was, nothing beside it. */
async function assertNoBackup(
  agent: WorkContext,
  app: SmallApplication,
  ctx: AgentContext,
  alias: string,
  code: RegExp,
): Promise<void> {
  const programs = descendantsOf(process.pid);
  // Null where the source is gone.
  const state = () => app.state().catch(() => null);
  const before = await state();
  await expect(runBackup(ctx, agent.work(), alias, "backup")).rejects.toMatchObject({
    code: expect.stringMatching(code),
  });
  expect(await listBackups(agent.ctx, null)).toEqual([]);
  await assertInvariants({
    agent,
    live: { now: await state(), allowed: [before] },
    backups: [],
    remains: await app.remains(),
    programs,
  });
}

describe.each(TARGETS)("a backup of a target of %s", (engine, alias) => {
  it("fails when its source goes away in the middle", { tags: shows(engine, 20) }, async () => {
    await using dir = await tempDir();
    const app = await smallApplication(join(dir.path, "app"));
    await using agent = await workContext({ dir: dir.path, targets: app.targets });
    const database = join(app.folder, "data.db");
    if (engine === "sqlite") grow(database);
    await agent.ctx.vault("gudang").prepare();
    // SQLite's copy asks after each of its steps whether to go on; tar is started once.
    const control = new AbortController();
    let steps = 0;
    const { signal } = control;
    const losing = Object.assign(signal, {
      throwIfAborted: () => {
        steps += 1;
        if (engine === "sqlite" && steps === 3) truncateSync(database, 8_192);
      },
    });
    const host = (whole: Host): Host => ({
      ...whole,
      spawn: (argv, options) => {
        if (argv.includes("--create")) rmSync(join(app.folder, "berkas"), { recursive: true });
        return whole.spawn(argv, options);
      },
    });
    const ctx: AgentContext = {
      ...agent.ctx,
      openHost: async (place) => host(await agent.ctx.openHost(place)),
    };
    await expect(
      runBackup(ctx, agent.work({ signal: losing }), alias, "backup"),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^ENGINE_/) });
    expect(await listBackups(agent.ctx, null)).toEqual([]);
    expect(await readdir(join(agent.vaultDir, "manifests"))).toEqual([]);
  });

  it("says so, or does without, where there is no room for temporary files", {
    tags: shows(engine, 24),
  }, async () => {
    await using dir = await tempDir();
    await using disk = await smallDisk(1);
    const app = await smallApplication(join(dir.path, "app"));
    await using agent = await workContext({ dir: dir.path, targets: app.targets });
    await agent.ctx.vault("gudang").prepare();
    const before = await app.state();
    vi.stubEnv("TMPDIR", disk.path);
    disk.fill();
    if (engine === "directory") {
      const { summary } = await runBackup(agent.ctx, agent.work(), alias, "backup");
      expect((await listBackups(agent.ctx, alias)).map((one) => one.summary.id)).toEqual([
        summary.id,
      ]);
    } else {
      await assertNoBackup(agent, app, agent.ctx, alias, /^ENGINE_DUMP_FAILED$/);
      // The half copy is cleared by the engine itself, so that one more try finds the same room.
      expect(await readdir(disk.path)).toEqual(["pengisi"]);
      await disk.free();
      await runBackup(agent.ctx, agent.work(), alias, "backup");
    }
    expect(await readdir(disk.path)).toEqual(engine === "directory" ? ["pengisi"] : []);
    expect(await app.state()).toEqual(before);
  });

  it("fails when a program that is first on the PATH cuts it and reports success", {
    tags: shows(engine, 21),
  }, async () => {
    await using dir = await tempDir();
    const app = await smallApplication(join(dir.path, "app"));
    await using agent = await workContext({ dir: dir.path, targets: app.targets });
    await agent.ctx.vault("gudang").prepare();
    const before = await app.state();
    for (const cut of CUTS) {
      vi.stubEnv("PATH", `${await liars(dir.path, cut)}:${process.env["PATH"]}`);
      await assertNoBackup(agent, app, agent.ctx, alias, /^ENGINE_DUMP_/);
      vi.unstubAllEnvs();
    }
    expect(await app.state()).toEqual(before);
    await runBackup(agent.ctx, agent.work(), alias, "backup");
    expect(await listBackups(agent.ctx, alias)).toHaveLength(1);
  });

  it("is made of nothing where the source is missing, and nothing is made in its place", {
    tags: shows(engine, 21),
  }, async () => {
    await using dir = await tempDir();
    const app = await smallApplication(join(dir.path, "app"));
    await using agent = await workContext({ dir: dir.path, targets: app.targets });
    await agent.ctx.vault("gudang").prepare();
    rmSync(app.folder, { recursive: true });
    await mkdir(app.folder);
    await assertNoBackup(agent, app, agent.ctx, alias, /^ENGINE_CONNECT$/);
    expect(await readdir(app.folder)).toEqual([]);
  });

  it("is not restored where its disk is full: live data stay, the side copy goes", {
    tags: shows(engine, 26),
  }, async () => {
    await using disk = await smallDisk(8);
    await using dir = await tempDir();
    const app = await smallApplication(join(disk.path, "app"));
    if (engine === "sqlite") grow(join(app.folder, "data.db"), 1);
    else writeFileSync(join(app.folder, "berkas", "besar"), "x".repeat(1_000_000));
    await using agent = await workContext({ dir: dir.path, targets: app.targets });
    const { summary } = await runBackup(agent.ctx, agent.work(), alias, "backup");
    await app.write();
    const before = await app.state();
    const programs = descendantsOf(process.pid);
    const request = (job: string) => ({
      job,
      choices: [{ alias, backup: summary.id }],
      manifests: { [summary.id]: summary.manifest },
    });
    // There was room when it was judged; somebody else has taken it since.
    const work = agent.work({
      progress: ({ phase }) => {
        if (phase === "side") disk.fill();
      },
    });
    await expect(runRestore(agent.ctx, work, request("job-1"))).rejects.toMatchObject({
      code: "ENGINE_LOAD_FAILED",
    });
    await assertInvariants({
      agent,
      live: { now: await app.state(), allowed: [before] },
      backups: [summary.id],
      remains: await app.remains(),
      programs,
    });
    // And where there is none to begin with, it says so before anything is made.
    await expect(runRestore(agent.ctx, agent.work(), request("job-2"))).rejects.toMatchObject({
      code: "ENGINE_SPACE",
    });
    await disk.free();
    expect(await resumeRestores(agent.ctx)).toEqual([]);
    await app.write();
    await runRestore(agent.ctx, agent.work(), request("job-3"));
  });
});

describe("a directory over SSH", () => {
  it("fails when a program that is first on the server's PATH cuts it and reports success", {
    tags: shows("directory", 21),
  }, async () => {
    await using dir = await tempDir();
    const app = await smallApplication(join(dir.path, "app"));
    for (const cut of CUTS_FAR) {
      const path = `${await liars(dir.path, cut)}:/usr/bin:/bin`;
      await using sshd = await startSshd({ path });
      const tempat = {
        jenis: "ssh",
        host: sshd.host,
        port: sshd.port,
        pengguna: sshd.user,
        berkasKunci: sshd.keyFile,
        kunciHost: sshd.hostKey,
      } as const;
      const targets = [{ ...app.targets[1], tempat }];
      await using agent = await workContext({ dir: dir.path, targets });
      await agent.ctx.vault("gudang").prepare();
      await assertNoBackup(agent, app, agent.ctx, "berkas", /^ENGINE_DUMP_/);
    }
  });
});

/** Programs of the producers' names that run the true ones, cut what they write, and end well. */
async function liars(dir: string, cut: string): Promise<string> {
  const folder = join(dir, `bin ${cut}`);
  await mkdir(folder, { recursive: true });
  for (const [name, isProducer] of [
    ["cat", "true"],
    ["tar", 'case " $* " in *" --create "*) true;; *) false;; esac'],
  ] as const) {
    const program = `#!/bin/sh
if ${isProducer}; then /usr/bin/${name} "$@" | { ${cut}; /usr/bin/cat >/dev/null; }; exit 0; fi
exec /usr/bin/${name} "$@"
`;
    writeFileSync(join(folder, name), program);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** Makes a database large enough to be copied in several steps. */
function grow(database: string, megabytes = 40): void {
  const db = new DatabaseSync(database);
  db.exec("CREATE TABLE besar (isi BLOB)");
  const insert = db.prepare("INSERT INTO besar VALUES (randomblob(500000))");
  for (let half = 0; half < 2 * megabytes; half += 1) insert.run();
  db.close();
}
