/**
 * Machines that are more than two plain images: firmware settings, a TPM, images with something behind
 * them, disks that are no files. And swaps of several disks that break off between any two steps.
 */
import { randomBytes } from "node:crypto";
import { access, chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineIo, SideNames } from "#agent/engines/engine.ts";
import { vm } from "#agent/engines/vm.ts";
import { localIo } from "#support/engine-io.ts";
import {
  defineGuest,
  type Guest,
  type Libvirt,
  startGuest,
  startLibvirt,
} from "#support/libvirt.ts";
import { tempDir } from "#support/temp-dir.ts";
import { guestTarget } from "#support/vm-target.ts";
import { dumpToFile } from "./dump-to-file.ts";

const names: SideNames = { side: "r_0123456789", old: "o_0123456789" };
const intoEmpty: SideNames = { ...names, liveWasAbsent: true };

const NETWORK_DISK = `<disk type='network' device='disk'><driver name='qemu' type='raw'/>
  <source protocol='nbd' name='x'><host name='127.0.0.1' port='9'/></source><target dev='vdc' bus='virtio'/></disk>`;
const BLOCK_DISK = `<disk type='block' device='disk'><driver name='qemu' type='raw'/>
  <source dev='/dev/loop0'/><target dev='vdc' bus='virtio'/></disk>`;
const POOL_DISK = `<disk type='volume' device='disk'><driver name='qemu' type='raw'/>
  <source pool='kolam' volume='isi'/><target dev='vdc' bus='virtio'/></disk>`;
const TPM = `<tpm model='tpm-tis'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>`;

let libvirt: Libvirt;
beforeAll(async () => {
  libvirt = await startLibvirt();
}, 200_000);
afterAll(async () => {
  await libvirt?.[Symbol.asyncDispose]();
});

/** Firmware in flash, as UEFI is; its settings are a file of their own. */
function firmware(nvram: string): string {
  return `<loader readonly='yes' type='pflash'>/usr/share/seabios/bios-256k.bin</loader><nvram>${nvram}</nvram>`;
}

describe("engine vm, firmware settings", () => {
  it("come back with a machine that is gone, under a name of their own, and it starts", async () => {
    await using folder = await settingsFolder();
    const nvram = join(folder.path, "VARS.fd");
    const settings = randomBytes(128 * 1024);
    await writeFile(nvram, settings);
    await using guest = await defineGuest(libvirt, { os: firmware(nvram), start: false });
    await using io = localIo();
    const target = guestTarget(guest);
    await using dump = await dumpToFile(vm, { target, io });
    expect(dump.report.recreate.nvram).toBe(String(settings.length));
    await libvirt.virsh("undefine", "--domain", guest.name, "--nvram");
    for (const image of guest.images) await rm(image);
    await expect(access(nvram)).rejects.toThrow("ENOENT");

    await vm.preflight(target, dump.manifest, io);
    await dump.load(intoEmpty);
    expect(await vm.digest(target, "side", intoEmpty, io)).toEqual(dump.report.content);
    await vm.swap(target, intoEmpty, io);
    expect(await restoredSettings(guest)).toEqual(settings);
    await vm.rollback(target, intoEmpty, io);
    await vm.dropSide(target, intoEmpty, io);
    expect((await readdir(guest.dir)).filter((file) => file.startsWith("pulih-"))).toEqual([]);

    await dump.load(intoEmpty);
    await vm.swap(target, intoEmpty, io);
    await vm.dropSide(target, intoEmpty, io);
    expect(await restoredSettings(guest)).toEqual(settings);
    expect(await vm.leftovers(target, io)).toEqual([]);
    expect(await vm.checkPhysically(target, "live", intoEmpty, io)).toBe(true);
    await startGuest(libvirt, guest);
    expect(await restoredSettings(guest)).toEqual(settings);
  });

  it("stay as they are where the machine is there", async () => {
    await using folder = await settingsFolder();
    const nvram = join(folder.path, "VARS.fd");
    await writeFile(nvram, randomBytes(128 * 1024));
    await using guest = await defineGuest(libvirt, { os: firmware(nvram), start: false });
    await using io = localIo();
    const target = guestTarget(guest);
    const wanted = await guest.digest();
    await using dump = await dumpToFile(vm, { target, io });
    const today = randomBytes(128 * 1024);
    await writeFile(nvram, today);
    await guest.write(0, 0x66, "5M", "1M");
    await dump.load(names);
    await vm.quiesce(target, names, io);
    await vm.swap(target, names, io);
    await vm.reopen(target, names, io);
    expect(await guest.digest()).toBe(wanted);
    expect(await readFile(nvram)).toEqual(today);
  });

  async function restoredSettings(guest: Guest): Promise<Buffer> {
    const definition = await libvirt.virsh("dumpxml", "--domain", guest.name);
    const [, path = ""] = /<nvram[^>]*>([^<]+)<\/nvram>/.exec(definition) ?? [];
    expect(path.startsWith(`${guest.dir}/pulih-`)).toBe(true);
    return readFile(path);
  }
});

/** A folder that is not the images' own and that the emulator may enter. */
async function settingsFolder() {
  const folder = await tempDir();
  await chmod(folder.path, 0o755);
  return folder;
}

describe("engine vm, what no backup of it would hold", () => {
  it.each([
    ["a disk of the network", NETWORK_DISK, { disk: "vdc" }],
    ["a disk that is a device of the host", BLOCK_DISK, { disk: "vdc" }],
    ["a disk of a storage pool", POOL_DISK, { disk: "vdc" }],
    ["a TPM", TPM, { device: "tpm", setting: "tanpaTpm" }],
  ])("refuses %s by name, at inspection, backup and preflight", async (_what, devices, detail) => {
    await using plain = await defineGuest(libvirt, { start: false });
    await using io = localIo();
    await using dump = await dumpToFile(vm, { target: guestTarget(plain), io });
    await using guest = await defineGuest(libvirt, { start: false, devices });
    const target = guestTarget(guest);
    const refusal = { code: "ENGINE_UNSUPPORTED", detail };
    await expect(vm.inspect(target, io)).rejects.toMatchObject(refusal);
    await expect(dumpToFile(vm, { target, io })).rejects.toMatchObject(refusal);
    await expect(vm.preflight(target, dump.manifest, io)).rejects.toMatchObject(refusal);
  });

  it("leaves a TPM out where the operator knows, and says so in the backup", async () => {
    await using guest = await defineGuest(libvirt, { start: false, devices: TPM });
    await using io = localIo();
    const target = guestTarget(guest, { tanpaTpm: true });
    await using dump = await dumpToFile(vm, { target, io });
    expect(dump.report.recreate.leftOut).toBe("tpm");
    expect(io.logged).toContainEqual({
      message: "not in the backup of the domain",
      detail: { devices: "tpm" },
    });
    await vm.preflight(target, dump.manifest, io);
  });
});

describe("engine vm, images with something behind them", () => {
  it("takes what the guest reads through a live snapshot, and gives just that back", async () => {
    await using guest = await defineGuest(libvirt);
    await using io = localIo();
    const target = guestTarget(guest);
    await libvirt.virsh("snapshot-create-as", "--domain", guest.name, "s1", "--disk-only");
    // What the snapshot hides must not shine through the restored image, which has holes there.
    await guest.write(0, 0, "4M", "2M");
    const wanted = await guest.digest();
    await using dump = await dumpToFile(vm, { target, io });
    await guest.write(0, 0x66, "5M", "1M");
    const damaged = await guest.digest();
    await dump.load(names);
    await vm.quiesce(target, names, io);
    await vm.swap(target, names, io);
    await vm.reopen(target, names, io);
    expect(await guest.digest()).toBe(wanted);
    await vm.quiesce(target, names, io);
    await vm.rollback(target, names, io);
    await vm.reopen(target, names, io);
    expect(await guest.digest()).toBe(damaged);
  });
});

describe("engine vm, a swap of two disks that breaks off", () => {
  it.each([
    ["of a machine that is there", names],
    ["of a machine that is gone", intoEmpty],
  ])("tells how far it came at every step, and can be undone (%s)", async (_what, given) => {
    await using guest = await defineGuest(libvirt, { start: false });
    await using io = localIo();
    const target = guestTarget(guest);
    await using dump = await dumpToFile(vm, { target, io });
    await guest.write(0, 0x66, "5M", "1M");
    const damaged = await guest.digest();
    if (given === intoEmpty) {
      await libvirt.virsh("undefine", "--domain", guest.name);
      for (const image of guest.images) await rm(image);
    }
    const live = async () => {
      if (given === names) return guest.digest();
      const files = await readdir(guest.dir);
      const left = guest.images.filter((image) =>
        files.includes(image.slice(guest.dir.length + 1)),
      );
      return (await vm.presence(target, io)) === "absent" && left.length === 0 ? damaged : "there";
    };
    const effects = await countEffects(io, async (counting) => {
      await dump.load(given);
      await vm.swap(target, given, counting);
      await vm.rollback(target, given, counting);
    });
    expect(effects.swap).toBeGreaterThan(2);
    for (const [act, count] of [
      ["swap", effects.swap],
      ["rollback", effects.rollback],
    ] as const) {
      for (let at = 1; at <= count; at += 1) {
        for (const when of WHENS) {
          await dump.load(given);
          if (act === "rollback") await vm.swap(target, given, io);
          const dead = dyingIo(io, at, when);
          await expect(vm[act](target, given, dead)).rejects.toThrow();
          const where = `${act} cut ${when} effect ${at}`;
          const state = await vm.swapState(target, given, io);
          if (state === "after") {
            expect((await vm.digest(target, "live", given, io)).digest, where).toBe(
              dump.report.content.digest,
            );
          }
          if (state !== "before") await vm.rollback(target, given, io);
          await vm.dropSide(target, given, io);
          expect(await vm.swapState(target, given, io), where).toBe("before");
          expect(await live(), where).toBe(damaged);
          expect(await vm.leftovers(target, io), where).toEqual([]);
        }
      }
    }
  });
});

/**
 * Before an effect the world is as after the one before it; dying there is only the first one's own
 * case, which the exhaustive sweep has as well.
 */
const WHENS =
  process.env["PULIH_FAULT"] === "full" ? (["before", "after"] as const) : (["after"] as const);

/** Command lines that change something. */
function isEffect(argv: readonly string[]): boolean {
  return ["mv", "rm", "sh"].includes(argv[0] ?? "") || argv.includes("undefine");
}

async function countEffects(io: EngineIo, act: (io: EngineIo) => Promise<void>) {
  const seen: string[] = [];
  const host = {
    ...io.host,
    run: (argv: readonly string[], options: Parameters<typeof io.host.run>[1]) => {
      if (isEffect(argv)) seen.push(argv.join(" "));
      return io.host.run(argv, options);
    },
  };
  await act({ ...io, host });
  const defines = seen.findIndex((line) => line.includes(" undefine "));
  const half = defines === -1 ? seen.length / 2 : seen.findIndex((line) => line.includes("umask"));
  return { swap: half, rollback: seen.length - half };
}

/** The agent's hands until it dies: from then on nothing it asks for is done. */
function dyingIo(io: EngineIo, at: number, when: "before" | "after"): EngineIo {
  let effects = 0;
  let isDead = false;
  const run: typeof io.host.run = async (argv, options) => {
    if (isDead) throw new Error("the agent is dead");
    if (!isEffect(argv)) return io.host.run(argv, options);
    effects += 1;
    isDead = effects === at;
    if (isDead && when === "before") throw new Error("the agent is dead");
    const result = await io.host.run(argv, options);
    if (isDead) throw new Error("the agent is dead");
    return result;
  };
  return { ...io, host: { ...io.host, run } };
}
