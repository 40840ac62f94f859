/** Faults while a virtual machine is backed up: no backup comes of them, and its guest goes on. */
import { execFile } from "node:child_process";
import { access, readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Host } from "#agent/process/host.ts";
import { eventually } from "#support/eventually.ts";
import {
  type Guest,
  type Libvirt,
  startGuest,
  startLibvirt,
  startOwnLibvirt,
} from "#support/libvirt.ts";
import { startSshd } from "#support/sshd.ts";
import { shows } from "./faults.ts";
import { killEmulator, type VmWorld, vmWorld } from "./vm-world.ts";

const run = promisify(execFile);

let libvirt: Libvirt;
beforeAll(async () => {
  libvirt = await startLibvirt();
}, 200_000);
afterAll(async () => {
  await libvirt?.[Symbol.asyncDispose]();
});

/** Lets a first part of a disk's stream through, then `act` happens, then the rest. */
function inTheMiddle(host: Host, guest: Guest, act: () => Promise<unknown>): Host {
  const marks = { stood: join(guest.dir, "stood"), go: join(guest.dir, "go") };
  const script =
    'set -o pipefail; stood=$1 go=$2; shift 2; "$@" | { head -c 1000000; : >"$stood"; until [ -e "$go" ]; do sleep 0.05; done; cat; }';
  let isDone = false;
  return {
    ...host,
    spawn: async (argv, options) => {
      if (argv[0] !== "nbdcopy" || isDone) return host.spawn(argv, options);
      isDone = true;
      const { stood, go } = marks;
      const running = await host.spawn(["bash", "-c", script, "bash", stood, go, ...argv], options);
      await eventually("a part of the disk went through", () => isThere(stood), 60_000);
      await act();
      await writeFile(go, "");
      return running;
    },
  };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Runs another command line where the engine would start `program`. */
function instead(host: Host, program: string, other: (argv: readonly string[]) => string[]): Host {
  const given = (argv: readonly string[]) => (argv[0] === program ? other(argv) : argv);
  return {
    ...host,
    run: (argv, options) => host.run(given(argv), options),
    spawn: (argv, options) => host.spawn(given(argv), options),
  };
}

/** Whatever lies in the vault, but for the file by which it is known. */
async function stored(world: VmWorld): Promise<string[]> {
  const all = await readdir(world.agent.vaultDir, { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => entry.isFile()).map(({ name }) => name);
  return files.filter((name) => name !== "vault.json");
}

describe("a machine that cannot be reached", { tags: shows("vm", 19) }, () => {
  it("fails at once where libvirt is away", async () => {
    let asked = 0;
    await using world = await vmWorld(libvirt, {
      guest: { start: false },
      target: { uri: "qemu:///system?socket=/tidak/ada" },
      host: (host) => ({
        ...host,
        run: (argv, options) => {
          asked += 1;
          return host.run(argv, options);
        },
      }),
    });
    await expect(world.backup()).rejects.toMatchObject({ code: "ENGINE_CONNECT" });
    expect(asked).toBe(1);
    expect(await stored(world)).toEqual([]);
  });

  it("fails at once where the machine does not know the key", async () => {
    await using sshd = await startSshd();
    await using other = await startSshd();
    await using world = await vmWorld(libvirt, {
      guest: { start: false },
      target: {
        tempat: {
          jenis: "ssh",
          host: sshd.host,
          port: sshd.port,
          pengguna: sshd.user,
          berkasKunci: other.keyFile,
          kunciHost: sshd.hostKey,
        },
      },
    });
    await expect(world.backup()).rejects.toMatchObject({ code: "SSH_CONNECT" });
    expect(await stored(world)).toEqual([]);
  });
});

describe("a machine that goes away in the middle", { tags: shows("vm", 20) }, () => {
  it.each<[string, (guest: Guest) => Promise<unknown>]>([
    ["is switched off", (guest) => libvirt.virsh("destroy", "--domain", guest.name)],
    ["loses its emulator", (guest) => killEmulator(libvirt, guest)],
  ])("leaves no backup where it %s", async (_what, act) => {
    await using world = await vmWorld(libvirt, {
      host: (host, guest) => inTheMiddle(host, guest, () => act(guest)),
    });
    await expect(world.backup()).rejects.toMatchObject({ code: "ENGINE_DUMP_FAILED" });
    expect(await world.guest.isRunning()).toBe(false);
    await world.assertHolds();
  });

  it("ends the job once libvirt is back, and keeps its moment where only libvirt went", async () => {
    await using own = await startOwnLibvirt();
    await using world = await vmWorld(own, {
      host: (host, guest) =>
        inTheMiddle(host, guest, async () => {
          await own.kill();
          await own.start();
        }),
    });
    await world.backup();
    world.known.push(own.pid ?? 0);
    expect(await world.guest.isRunning()).toBe(true);
    await world.assertHolds();
  });
});

describe("a program that reports success all the same", { tags: shows("vm", 21) }, () => {
  it.each([
    ["cut", '"$@" | { head -c 1000000; cat >/dev/null; }'],
    ["empty", '"$@" >/dev/null'],
  ])("makes no backup of a stream that is %s", async (_what, script) => {
    await using world = await vmWorld(libvirt, {
      guest: { start: false },
      host: (host) => instead(host, "nbdcopy", (argv) => ["sh", "-c", script, "sh", ...argv]),
    });
    await expect(world.backup()).rejects.toMatchObject({ code: "ENGINE_DUMP_INCOMPLETE" });
    await world.assertHolds();
  });

  it("makes no backup of an image without a byte", async () => {
    await using world = await vmWorld(libvirt, { guest: { start: false } });
    await truncate(world.guest.images[1], 0);
    const live = await world.guest.digest();
    await expect(world.backup()).rejects.toMatchObject({
      code: "ENGINE_DUMP_INCOMPLETE",
      detail: { disk: "vdb" },
    });
    await world.assertHolds({ now: await world.guest.digest(), allowed: [live] });
  });
});

describe("programs that are missing or too old", { tags: shows("vm", 33) }, () => {
  it("names each of them before anything is done", async () => {
    let missing = "";
    await using world = await vmWorld(libvirt, {
      guest: { start: false },
      host: (host) => instead(host, missing, (argv) => [`tanpa-${missing}`, ...argv.slice(1)]),
    });
    for (missing of ["virsh", "qemu-img", "qemu-nbd", "nbdcopy", "nbdinfo", "flock"]) {
      const refusal = await world.backup().catch((error: unknown) => error);
      const detail = { program: `tanpa-${missing}` };
      expect(refusal, missing).toMatchObject({ code: "ENGINE_TOOL_MISSING", detail });
      expect(await stored(world)).toEqual([]);
    }
    await world.assertHolds();
  });

  it("names a libvirt that cannot hold a moment", async () => {
    const older = `"$@" | sed -e "s/<backup supported='yes'/<backup supported='no'/" -e 's/libvirt 9.*/libvirt 5.0.0/'`;
    await using world = await vmWorld(libvirt, {
      guest: { start: false },
      host: (host) => instead(host, "virsh", (argv) => ["sh", "-c", older, "sh", ...argv]),
    });
    await expect(world.backup()).rejects.toMatchObject({
      code: "ENGINE_VERSION",
      detail: { libvirt: "libvirt 5.0.0", qemu: expect.stringMatching(/^QEMU /), needs: "backup" },
    });
    await world.assertHolds();
  });
});

describe("a bitmap that does not fit its disk", { tags: shows("vm", 44) }, () => {
  it("is not relied on: the backup is of everything", async () => {
    await using world = await vmWorld(libvirt, { guest: { start: false } });
    const { guest } = world;
    const [image] = guest.images;
    await run("qemu-img", ["bitmap", "--add", "-f", "qcow2", image, "b0"]);
    await startGuest(libvirt, guest);
    await killEmulator(libvirt, guest);
    await eventually("the emulator is gone", async () => !(await guest.isRunning()), 60_000);
    expect((await run("qemu-img", ["info", image])).stdout).toContain("in-use");
    const wanted = await guest.digest();
    await startGuest(libvirt, guest);
    const backup = await world.backup();
    expect(world.agent.logged.map(({ message }) => message)).toContain(
      "guest was not frozen; its disks are as after a power cut",
    );

    await libvirt.virsh("destroy", "--domain", guest.name);
    await guest.write(0, 0x66, "0", "16M");
    await world.restore(backup);
    expect(await guest.digest()).toBe(wanted);
  });
});
