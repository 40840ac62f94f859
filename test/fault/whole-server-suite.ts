/** Faults that strike whole servers alike, of whatever kind: each leaves what was, or all of the new. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listBackups } from "#agent/backup/list-backups.ts";
import type { VerifiedBackup } from "#agent/backup/open-manifest.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import { diagnoseTarget } from "#agent/cli/diagnose-target.ts";
import type { TargetConfig } from "#agent/config.ts";
import type { Engine } from "#agent/engines/engine.ts";
import type { Host } from "#agent/process/host.ts";
import { resumeRestores } from "#agent/restore/resume-restores.ts";
import { runDrop } from "#agent/restore/run-drop.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { sideNames } from "#agent/restore/side-names.ts";
import { localIo } from "#support/engine-io.ts";
import { assertInvariants } from "#support/invariants.ts";
import { descendantsOf } from "#support/proc.ts";
import { startSshd } from "#support/sshd.ts";
import { type TestTarget, type WorkContext, workContext } from "#support/work-context.ts";
import { shows } from "./faults.ts";
import {
  deafPort,
  smallRoom,
  userWhoComesAgain,
  without,
  withoutTempRoom,
} from "./hostile-places.ts";
import {
  numbersIn,
  type Scripts,
  type WholeServer,
  type WholeServerKind,
} from "./whole-servers.ts";

interface Fault {
  readonly targets?: readonly TestTarget[];
  /** Programs that are found before the system's. */
  readonly scripts?: Scripts;
  readonly host?: (host: Host) => Host;
  readonly engine?: (engine: Engine) => Partial<Engine>;
}

export function wholeServerSuite(kind: WholeServerKind): void {
  describe(`faults of a ${kind.id}`, { timeout: 240_000 }, () => {
    const stack = new AsyncDisposableStack();
    let template: Awaited<ReturnType<WholeServerKind["template"]>>;
    let server: WholeServer;
    let agent: WorkContext;
    let backup: VerifiedBackup;
    let programs: number[];
    let wanted: string;
    let stored: string[];
    let jobs = 0;

    beforeAll(async () => {
      template = stack.use(await kind.template());
      server = stack.use(await template.start());
      agent = stack.use(await workContext({ targets: [server.target] }));
      wanted = await server.read();
      backup = await runBackup(agent.ctx, agent.work(), "induk", "backup");
      await server.damage();
      stored = await server.stored();
      programs = descendantsOf(process.pid);
    });
    afterAll(() => stack.disposeAsync());

    /** The same agent once more, with a fault around it. */
    const faulty = async (fault: Fault, of: WholeServer = server): Promise<WorkContext> => {
      const folder = fault.scripts && (await of.programs(fault.scripts));
      const hostNow = (): Host => localIo(folder === undefined ? {} : { programs: folder }).host;
      const one = await workContext({
        dir: agent.dir,
        targets: fault.targets ?? [of.target],
        engine: (engine) => ({ ...engine, ...fault.engine?.(engine) }),
      });
      const openHost: typeof one.ctx.openHost = async (place) =>
        place.jenis === "lokal"
          ? (fault.host?.(hostNow()) ?? hostNow())
          : await one.ctx.openHost(place);
      return { ...one, ctx: { ...one.ctx, openHost } };
    };
    const restore = async (one: WorkContext, chosen = backup, of = server) => {
      jobs += 1;
      const job = `job-${kind.id}-${jobs}`;
      await runRestore(one.ctx, one.work({ job }), {
        job,
        choices: [{ alias: of.target.alias, backup: chosen.summary.id }],
        manifests: { [chosen.summary.id]: chosen.summary.manifest },
      });
      return job;
    };
    const drop = async (restored: string) => {
      jobs += 1;
      const job = `job-${kind.id}-${jobs}`;
      const choices = [{ alias: "induk", backup: null }];
      await runDrop(agent.ctx, agent.work({ job }), { job, restored, choices });
    };
    const ids = async () =>
      (await listBackups(agent.ctx, null)).map(({ manifest }) => manifest.id).sort();

    /** The invariants, and that the server is up with the data of before. */
    const assertAsBefore = async (one: WorkContext, before: string, of = server) => {
      await of.up();
      expect(await resumeRestores(one.ctx)).toEqual([]);
      await assertInvariants({
        agent: one,
        live: { now: await of.read(), allowed: [before] },
        backups: [backup.manifest.id],
        remains: await of.remains(),
        programs,
        secrets: of.secrets,
      });
    };
    /** Backs up with a fault; must fail, and leave no trace. */
    const failToBackUp = async (fault: Fault, code: RegExp): Promise<unknown> => {
      const before = await server.read();
      const known = await ids();
      await using one = await faulty(fault);
      const failure = await runBackup(one.ctx, one.work(), "induk", "backup").then(
        () => "a backup",
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code: expect.stringMatching(code) });
      expect(await ids()).toEqual(known);
      await server.up();
      await server.forgetBut(stored);
      expect(await server.stored()).toEqual(stored);
      await assertAsBefore(one, before);
      return failure;
    };
    const failToRestore = async (fault: Fault, code: RegExp, chosen = backup) => {
      const before = await server.read();
      await using one = await faulty(fault);
      const failure = await restore(one, chosen).then(
        () => "a restore",
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code: expect.stringMatching(code) });
      await assertAsBefore(one, before);
      // Refused before the journal of a restore was begun, and so before anything was done.
      return { failure, phases: one.told.map(({ phase }) => phase) };
    };

    it("fails at once with an account that is refused, and asks once", {
      tags: shows(kind.id, 19),
    }, async () => {
      const refusals = await server.refusals();
      await failToBackUp({ targets: [server.refused] }, /^ENGINE_CONNECT$/);
      expect(await server.refusals()).toBe(refusals + 1);
    });

    it("fails at once where nobody listens at the socket", {
      tags: shows(kind.id, 19),
    }, async () => {
      await failToBackUp({ targets: [server.silent] }, /^ENGINE_CONNECT$/);
    });

    it("fails at once where its machine cannot be reached, and asks once", {
      tags: shows(kind.id, 19),
    }, async () => {
      await using sshd = await startSshd();
      await using deaf = await deafPort();
      programs = descendantsOf(process.pid);
      const tempat = {
        jenis: "ssh",
        host: "127.0.0.1",
        port: deaf.port,
        pengguna: sshd.user,
        berkasKunci: sshd.keyFile,
        kunciHost: sshd.hostKey,
      } as const;
      await failToBackUp({ targets: [{ ...server.target, tempat }] }, /^SSH_/);
      expect(deaf.asked()).toBe(1);
    });

    it("is not backed up where it is killed while its files are copied", {
      tags: shows(kind.id, 20),
    }, async () => {
      let wasUp = true;
      await failToBackUp(
        {
          scripts: server.dying,
          engine: (engine) => ({
            dump: async (...given) => {
              try {
                return await engine.dump(...given);
              } finally {
                wasUp = await server.read().then(
                  () => true,
                  () => false,
                );
              }
            },
          }),
        },
        /^ENGINE_(DUMP_FAILED|CONNECT)$/,
      );
      expect(wasUp).toBe(false);
    });

    it.each(kind.lies)(
      "is not backed up by a program that %s and reports success",
      {
        tags: shows(kind.id, 21),
      },
      async (lie) => {
        const scripts = server.lying[lie];
        if (scripts === undefined) throw new Error(`no such program: ${lie}`);
        await failToBackUp({ scripts }, /^ENGINE_DUMP_(INCOMPLETE|FAILED)$/);
      },
    );

    it("is backed up and restored where folders for temporary files are full", {
      tags: shows(kind.id, 24),
    }, async () => {
      const before = await server.read();
      const known = await ids();
      await using one = await faulty({ host: (host) => withoutTempRoom(host, server.dir) });
      const made = await runBackup(one.ctx, one.work(), "induk", "backup");
      expect(await ids()).toEqual([...known, made.manifest.id].sort());
      await assertAsBefore(one, before);
      const job = await restore(one);
      await drop(job);
      expect(await server.read()).toBe(wanted);
      // The service was started in the same narrow place.
      await server.crash();
      await assertAsBefore(one, wanted);
      await server.damage();
      stored = await server.stored();
    });

    it("ends in the side copy, and drops it, where there is no room for it", {
      tags: shows(kind.id, 26),
    }, async () => {
      await using room = await smallRoom();
      await using small = await template.start(room.path);
      const target = { ...small.target, alias: "sempit" };
      await using own = await workContext({ targets: [target] });
      const made = await runBackup(own.ctx, own.work(), "sempit", "backup");
      await small.damage();
      const before = await small.read();
      // Room that was there when people were told is gone when the copy is made.
      const taken = await workContext({
        dir: own.dir,
        targets: [target],
        engine: (engine) => ({
          ...engine,
          loadSide: async (...given) => {
            await room.shrink();
            await engine.loadSide(...given);
          },
        }),
      });
      const failure = await runRestore(taken.ctx, taken.work(), {
        job: "job-1",
        choices: [{ alias: "sempit", backup: made.summary.id }],
        manifests: { [made.summary.id]: made.summary.manifest },
      }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "ENGINE_SPACE" });
      expect(taken.told.map(({ phase }) => phase)).not.toContain("quiesce");
      await small.write(1);
      const [config] = taken.ctx.config.targets;
      const { findings } = await diagnoseTarget(taken.ctx, config as TargetConfig, []);
      expect(findings).toContainEqual(
        expect.objectContaining({ ok: false, what: expect.stringContaining("tidak akan muat") }),
      );
      await assertInvariants({
        agent: taken,
        live: { now: await small.read(), allowed: [before] },
        backups: [made.manifest.id],
        remains: await small.remains(),
        programs,
        secrets: small.secrets,
      });
      await taken[Symbol.asyncDispose]();
    });

    it("names a missing program before it is backed up", {
      tags: shows(kind.id, 33),
    }, async () => {
      const { backup: program } = kind.tools;
      const host = (given: Host) => without(given, program);
      const failure = await failToBackUp({ host }, /^ENGINE_TOOL_MISSING$/);
      expect(failure).toMatchObject({ detail: { program: expect.stringContaining(program) } });
    });

    it.each([...kind.tools.restore])(
      "names a missing %s before anything is restored",
      {
        tags: shows(kind.id, 33),
      },
      async (program) => {
        const host = (given: Host) => without(given, program);
        const { failure, phases } = await failToRestore({ host }, /^ENGINE_TOOL_MISSING$/);
        expect(failure).toMatchObject({ detail: { program: expect.stringContaining(program) } });
        expect(phases).not.toContain("side");
      },
    );

    it("names both versions where a program is of another one, before anything is done", {
      tags: shows(kind.id, 33),
    }, async () => {
      const fault = { scripts: server.strange };
      const versions = { detail: { tool: expect.stringMatching(/^(2\.10|10\.5\.29)$/) } };
      expect(await failToBackUp(fault, /^ENGINE_VERSION$/)).toMatchObject(versions);
      const { failure, phases } = await failToRestore(fault, /^ENGINE_VERSION$/);
      expect(failure).toMatchObject(versions);
      expect(phases).not.toContain("side");
    });

    it("is not restored from a backup of a newer version", {
      tags: shows(kind.id, 35),
    }, async () => {
      await using later = await faulty({
        engine: (engine) => ({
          dump: async (...given) => {
            const report = await engine.dump(...given);
            return { ...report, tools: { ...report.tools, ...kind.newer } };
          },
        }),
      });
      const newer = await runBackup(later.ctx, later.work(), "induk", "backup");
      stored = await server.stored();
      const { failure, phases } = await failToRestore({}, /^ENGINE_VERSION$/, newer);
      expect(failure).toMatchObject({ detail: { backup: expect.stringMatching(/^99/) } });
      expect(phases).not.toContain("side");
    });

    it("keeps users out who come again and again, and lets them in again", {
      tags: shows(kind.id, 36),
    }, async () => {
      const sitting = server.sit();
      await using one = await faulty({});
      await using crowd = userWhoComesAgain(server, 1);
      await crowd.isLetIn();
      const job = await restore(one);
      await sitting;
      await crowd.isLetIn();
      await crowd.end();
      expect(crowd.refused()).toBeGreaterThan(0);
      expect(await server.read()).toBe(wanted);
      // No write that was acknowledged is lost: what is not live stands in the copy that was kept.
      const now = await server.written();
      expect(now.length).toBeGreaterThan(0);
      const kept = await keptRows(one, job);
      expect([...kept, ...now].sort(inOrder)).toEqual(expect.arrayContaining(crowd.accepted()));
      await drop(job);
      await assertAsBefore(one, wanted);
      await server.damage();
      stored = await server.stored();
    });

    it("is left open to its users where they cannot be kept out", {
      tags: shows(kind.id, 36),
    }, async () => {
      const { layanan } = server.target as Extract<TestTarget, { layanan: unknown }>;
      const target = { ...server.target, layanan: { ...layanan, hentikan: ["true"] } };
      await using crowd = userWhoComesAgain(server, 1_000_000);
      await crowd.isLetIn();
      await failToRestore({ targets: [target as TestTarget] }, /^ENGINE_BUSY$/);
      await crowd.isLetIn();
      await crowd.end();
      expect(crowd.refused()).toBe(0);
      expect(await server.written()).toEqual(expect.arrayContaining(crowd.accepted()));
    });

    const keptRows = async (one: WorkContext, job: string): Promise<number[]> => {
      const [target] = one.ctx.config.targets;
      if (target === undefined) throw new Error("no target");
      await using io = localIo();
      const engine = one.ctx.engine(target.engine);
      return numbersIn(await engine.answer(target, "old", sideNames(job), server.askWritten, io));
    };
  });
}

const inOrder = (one: number, other: number): number => one - other;
