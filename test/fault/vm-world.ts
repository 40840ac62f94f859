/** An agent with one virtual machine as its target: what tests of the engine's faults begin with. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { VerifiedBackup } from "#agent/backup/open-manifest.ts";
import { runBackup } from "#agent/backup/run-backup.ts";
import type { TargetConfig } from "#agent/config.ts";
import type { AgentContext } from "#agent/context.ts";
import type { Engine } from "#agent/engines/engine.ts";
import { markOf, vmTarget } from "#agent/engines/vm/virsh.ts";
import { vm } from "#agent/engines/vm.ts";
import type { Host } from "#agent/process/host.ts";
import { runRestore } from "#agent/restore/run-restore.ts";
import { invariant } from "#domain/errors.ts";
import { localIo } from "#support/engine-io.ts";
import { assertInvariants } from "#support/invariants.ts";
import { defineGuest, type Guest, type GuestOptions, type Libvirt } from "#support/libvirt.ts";
import { descendantsOf } from "#support/proc.ts";
import { type WorkContext, workContext } from "#support/work-context.ts";

const run = promisify(execFile);
const FILLER = "penuh";
const ALIAS = "server-aplikasi";

export interface VmWorld {
  readonly guest: Guest;
  readonly agent: WorkContext;
  /** Programs that may go on: those of the test itself. */
  readonly known: number[];
  backup(): Promise<VerifiedBackup>;
  restore(backup: VerifiedBackup): Promise<unknown>;
  /** Names of the copies that restores kept; and their end, as an approved request would have it. */
  kept(): Promise<readonly string[]>;
  dropKept(): Promise<void>;
  /** Takes back what `fillUp` took. */
  makeRoom(): Promise<void>;
  /** All seven invariants; live data are the disks as they were when this world began, or as given. */
  assertHolds(live?: { now: unknown; allowed: readonly unknown[] }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface VmWorldOptions {
  readonly guest?: GuestOptions;
  /** Stands between the agent and the machine. */
  readonly host?: (host: Host, guest: Guest) => Host;
  readonly engine?: (engine: Engine, guest: Guest) => Engine;
  /** Settings of the target. */
  readonly target?: Record<string, unknown>;
}

export async function vmWorld(libvirt: Libvirt, options: VmWorldOptions = {}): Promise<VmWorld> {
  const guest = await defineGuest(libvirt, options.guest);
  const programs = descendantsOf(process.pid);
  const agent = await workContext({
    ...(options.engine && { engine: (engine) => options.engine?.(engine, guest) ?? engine }),
    targets: [
      {
        alias: ALIAS,
        engine: "vm",
        uri: libvirt.uri,
        domain: guest.name,
        folder: guest.dir,
        folderSoket: guest.dir,
        batasMatiDetik: 1,
        ...options.target,
      },
    ],
  });
  const ctx: AgentContext = {
    ...agent.ctx,
    openHost: async (place) => {
      const host = await agent.ctx.openHost(place);
      return options.host?.(host, guest) ?? host;
    },
  };
  const backups: string[] = [];
  const before = await guest.digest();
  return {
    guest,
    agent: { ...agent, ctx },
    known: programs,
    backup: async () => {
      const made = await runBackup(ctx, agent.work({ job: null }), ALIAS, "backup");
      backups.push(made.manifest.id);
      return made;
    },
    restore: (backup) =>
      runRestore(ctx, agent.work(), {
        job: "job-1",
        choices: [{ alias: ALIAS, backup: backup.summary.id }],
        manifests: { [backup.summary.id]: backup.summary.manifest },
      }),
    kept: async () => {
      await using io = localIo();
      return vm.leftovers(target(agent), io);
    },
    dropKept: async () => {
      await using io = localIo();
      for (const old of await vm.leftovers(target(agent), io)) {
        await vm.dropOld(target(agent), { side: "r_0000000000", old }, io);
      }
    },
    makeRoom: () => rm(join(guest.dir, FILLER), { force: true }),
    assertHolds: async (live) =>
      assertInvariants({
        agent,
        live: live ?? { now: await guest.digest(), allowed: [before] },
        backups,
        remains: await remainsOf(libvirt, guest, agent),
        programs,
      }),
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await guest[Symbol.asyncDispose]();
    },
  };
}

function target(agent: WorkContext): TargetConfig {
  const [only] = agent.ctx.config.targets;
  invariant(only, "a world has a target");
  return only;
}

/** Copies, plans, scratch files, sockets, locks and backup jobs at a target. */
async function remainsOf(libvirt: Libvirt, guest: Guest, agent: WorkContext): Promise<string[]> {
  const job = await libvirt.virsh("backup-dumpxml", "--domain", guest.name).catch(() => "");
  const mark = markOf(vmTarget(target(agent)));
  const files = (await readdir(guest.dir)).filter((file) => file.includes(`pulih-${mark}`));
  await using io = localIo();
  const copies = await vm.leftovers(target(agent), io);
  return [...files, ...copies, ...(job === "" ? [] : ["backup job"])];
}

/** A file system of its own and of this size; daemons that are already there do not see it. */
export async function smallFileSystem(bytes: string): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "pulih-kecil-"));
  await run("mount", ["-t", "tmpfs", "-o", `size=${bytes},mode=755`, "tmpfs", path]);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await run("umount", ["--lazy", path]);
      await rmdir(path);
    },
  };
}

/** Takes all the room that is left. */
export async function fillUp(folder: string): Promise<void> {
  await run("dd", ["if=/dev/zero", `of=${join(folder, FILLER)}`, "bs=64k"]).catch(() => undefined);
}

/** The emulator of a running domain ends as if the machine's memory had run out. */
export async function killEmulator(libvirt: Libvirt, guest: Guest): Promise<void> {
  const uuid = (await libvirt.virsh("domuuid", "--domain", guest.name)).trim();
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (line.startsWith("/usr/bin/qemu-system") && line.split("\0").includes(uuid)) {
      process.kill(Number(pid), "SIGKILL");
    }
  }
}
