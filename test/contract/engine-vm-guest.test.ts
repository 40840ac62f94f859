/** What a backup of a guest that writes all the time is worth, and what is left where one was cut short. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { markOf, vmTarget } from "#agent/engines/vm/virsh.ts";
import { vm } from "#agent/engines/vm.ts";
import { localIo } from "#support/engine-io.ts";
import { eventually } from "#support/eventually.ts";
import { counters, defineGuest, type Guest, type Libvirt, startLibvirt } from "#support/libvirt.ts";
import { tempDir } from "#support/temp-dir.ts";
import { guestTarget } from "#support/vm-target.ts";
import { shows } from "../fault/faults.ts";
import { dumpToFile } from "./dump-to-file.ts";

const HOLDER = join(import.meta.dirname, "..", "support", "vm-holder.ts");
const names = { side: "r_0123456789", old: "o_0123456789" };

let libvirt: Libvirt;
beforeAll(async () => {
  libvirt = await startLibvirt();
}, 200_000);
afterAll(async () => {
  await libvirt?.[Symbol.asyncDispose]();
});

/** Backup jobs, scratch files and sockets of a target. */
async function remains(guest: Guest): Promise<string[]> {
  const target = vmTarget(guestTarget(guest));
  const job = await libvirt.virsh("backup-dumpxml", "--domain", guest.name).catch(() => "");
  const files = [...(await readdir(guest.dir)), ...(await readdir(target.folderSoket))];
  const named = files.filter((file) => file.includes(`pulih-${markOf(target)}`));
  return job === "" ? named : ["backup job", ...named];
}

describe("engine vm, a guest that writes all the time", () => {
  it("gives back a disk of one moment, destroyed in between, that starts and tells so itself", async () => {
    await using guest = await defineGuest(libvirt, { writes: true });
    await using io = localIo();
    const target = guestTarget(guest);
    await using dump = await dumpToFile(vm, { target, io });
    expect(dump.report.recreate.consistency).toBe("crash");
    expect(await remains(guest)).toEqual([]);
    await dump.load(names);
    expect(await vm.digest(target, "side", names, io)).toEqual(dump.report.content);
    expect(await vm.checkPhysically(target, "side", names, io)).toBe(true);
    expect(io.logged).toContainEqual({
      message: "boot test passed",
      detail: { proof: "serial" },
    });
    expect(await vm.digest(target, "side", names, io)).toEqual(dump.report.content);

    // Everything the guest has, its boot sector and counters too.
    await guest.write(0, 0xff, "0", "64M");
    await guest.write(1, 0xff, "0", "8M");
    const starts = counters(await guest.printed()).length;
    await vm.quiesce(target, names, io);
    await vm.swap(target, names, io);
    await vm.reopen(target, names, io);
    const next = async () => counters(await guest.printed())[starts];
    await eventually("the restored guest prints", async () => (await next()) !== undefined, 90_000);
    const { a = -1, b = -1 } = (await next()) ?? {};
    expect(a).toBeGreaterThan(0);
    expect([0, 1]).toContain(a - b);
  });
});

describe("engine vm, a guest whose agent is asked to freeze", { tags: shows("vm", 44) }, () => {
  it.each([
    ["answers", "exit 0", "frozen"],
    ["never answers", "exec sleep 300", "crash"],
  ])("goes on where it %s, and always thaws", async (_what, freezing, consistency) => {
    await using guest = await defineGuest(libvirt);
    await using programs = await tempDir();
    const asked = join(programs.path, "asked");
    await writeVirsh(programs.path, asked, freezing);
    await using io = localIo({ programs: programs.path });
    await using dump = await dumpToFile(vm, {
      target: guestTarget(guest, { batasBekuDetik: 2 }),
      io,
    });
    expect(dump.report.recreate.consistency).toBe(consistency);
    const words = async () => (await readFile(asked, "utf8")).trim().split("\n");
    await eventually("a thaw", async () => (await words()).includes("domfsthaw"));
    const [first, ...rest] = (await words()).filter((word) => word !== "backup-begin");
    expect([first, ...new Set(rest)]).toEqual(["domfsfreeze", "domfsthaw"]);
    expect(await remains(guest)).toEqual([]);
  });

  it("is thawed although the agent that asked is killed while it waits", async () => {
    await using guest = await defineGuest(libvirt);
    await using programs = await tempDir();
    const asked = join(programs.path, "asked");
    await writeVirsh(programs.path, asked, "exec sleep 300");
    const words = () => readFile(asked, "utf8").catch(() => "");
    const agent = spawn(process.execPath, [HOLDER, guest.name, guest.dir], {
      stdio: "ignore",
      env: { ...process.env, PATH: `${programs.path}:${process.env.PATH}` },
    });
    await eventually("the freeze", async () => (await words()).includes("domfsfreeze"), 60_000);
    agent.kill("SIGKILL");
    await once(agent, "exit");
    await eventually("a thaw", async () => (await words()).includes("domfsthaw"), 60_000);
    await eventually("nothing is left", async () => (await remains(guest)).length === 0, 60_000);
    expect(await guest.isRunning()).toBe(true);
  });
});

/**
 * virsh itself, but for the two words that need an agent in the guest, which a boot sector has not:
 * they are noted, and freezing ends as given.
 */
async function writeVirsh(folder: string, asked: string, freezing: string): Promise<void> {
  const script = `#!/bin/sh
for word in "$@"; do
  case "$word" in
    domfsfreeze) echo "$word" >> '${asked}'; ${freezing} ;;
    domfsthaw) echo "$word" >> '${asked}'; exit 0 ;;
    backup-begin) echo "$word" >> '${asked}' ;;
  esac
done
exec /usr/bin/virsh "$@"
`;
  await writeFile(join(folder, "virsh"), script);
  await chmod(join(folder, "virsh"), 0o755);
}

describe("engine vm, an agent that is killed", () => {
  it("leaves no backup job, socket or scratch file behind", async () => {
    await using guest = await defineGuest(libvirt);
    const agent = spawn(process.execPath, [HOLDER, guest.name, guest.dir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(agent.stdout, "data")) as [Buffer];
    expect(said.toString()).toBe("held\n");
    expect(await remains(guest)).toContain("backup job");
    agent.kill("SIGKILL");
    await once(agent, "exit");
    await eventually("nothing is left", async () => (await remains(guest)).length === 0, 60_000);
    // And the next one begins as if nothing had been.
    await using io = localIo();
    await using dump = await dumpToFile(vm, { target: guestTarget(guest), io });
    expect(dump.report.content.entries).toHaveLength(2);
  });

  it("refuses a second moment while one is held, and changes nothing", async () => {
    await using guest = await defineGuest(libvirt);
    await using io = localIo();
    const xml = join(guest.dir, "foreign.xml");
    const socket = join(guest.dir, "foreign.sock");
    await writeFile(
      xml,
      `<domainbackup mode='pull'><server transport='unix' socket='${socket}'/></domainbackup>`,
    );
    await libvirt.virsh("backup-begin", "--domain", guest.name, xml);
    await expect(dumpToFile(vm, { target: guestTarget(guest), io })).rejects.toMatchObject({
      code: "ENGINE_BUSY",
    });
    expect(await remains(guest)).toContain("backup job");
    await libvirt.virsh("domjobabort", "--domain", guest.name);
    await rm(xml);
  });
});

describe("engine vm, what it refuses", () => {
  it("does not swap images of a domain that was started meanwhile", async () => {
    await using guest = await defineGuest(libvirt);
    await using io = localIo();
    const target = guestTarget(guest);
    await using dump = await dumpToFile(vm, { target, io });
    await dump.load(names);
    await vm.quiesce(target, names, io);
    await libvirt.virsh("start", "--domain", guest.name);
    const before = await guest.digest();
    await expect(vm.swap(target, names, io)).rejects.toMatchObject({ code: "ENGINE_BUSY" });
    expect(await vm.swapState(target, names, io)).toBe("before");
    expect(await guest.digest()).toBe(before);
  });

  it("finds a damaged image by its structure", async () => {
    await using guest = await defineGuest(libvirt, { start: false });
    await using io = localIo();
    const target = guestTarget(guest);
    await using dump = await dumpToFile(vm, { target, io });
    await dump.load(names);
    const side = `${guest.images[0]}.${names.side}`;
    const image = await readFile(side);
    // Two clusters of the guest in one place of the file: its first table's second entry.
    const l1 = Number(image.readBigUInt64BE(40));
    const l2 = Number(image.readBigUInt64BE(l1) & 0x00fffffffffffe00n);
    image.copy(image, l2 + 8, l2, l2 + 8);
    await writeFile(side, image);
    await expect(vm.checkPhysically(target, "side", names, io)).rejects.toMatchObject({
      code: "ENGINE_DAMAGED",
    });
  });
});
