/** No room beside a machine's images: what is begun is given up, and the guest goes on with its work. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#support/eventually.ts";
import {
  counters,
  type Guest,
  type GuestOptions,
  type Libvirt,
  startOwnLibvirt,
} from "#support/libvirt.ts";
import { shows } from "./faults.ts";
import { fillUp, smallFileSystem, type VmWorldOptions, vmWorld } from "./vm-world.ts";

/** What the two images of a guest take: about 3.5 MiB. */
const ROOM = "16m";

let place: Awaited<ReturnType<typeof smallFileSystem>>;
let libvirt: Libvirt;
beforeAll(async () => {
  place = await smallFileSystem(ROOM);
  libvirt = await startOwnLibvirt();
}, 200_000);
afterAll(async () => {
  await libvirt?.[Symbol.asyncDispose]();
  await place?.[Symbol.asyncDispose]();
});

const at = (guest: GuestOptions = {}) => ({ ...guest, dir: place.path });

describe("no room for what a guest overwrites while it is read", { tags: shows("vm", 24) }, () => {
  it("does not begin where there is none", async () => {
    await using world = await vmWorld(libvirt, { guest: at() });
    await fillUp(place.path);
    await expect(world.backup()).rejects.toMatchObject({ code: "ENGINE_SPACE" });
    expect(await state(world.guest)).toBe("running");
    await world.makeRoom();
    await world.assertHolds();
  });

  it("says so where the folder of the socket cannot be written to", async () => {
    await using world = await vmWorld(libvirt, { guest: at(), target: { folderSoket: "/proc" } });
    await expect(world.backup()).rejects.toMatchObject({ code: "ENGINE_DUMP_FAILED" });
    expect(await state(world.guest)).toBe("running");
    await world.assertHolds();
  });

  it("gives the backup up where it ends meanwhile, and lets the guest go on", async () => {
    const writing: VmWorldOptions = {
      guest: at({ writes: true }),
      host: (host, guest) => ({
        ...host,
        spawn: async (argv, options) => {
          if (argv[0] === "nbdcopy") {
            // What is held now cannot be put aside at the guest's next write.
            await libvirt.virsh("suspend", "--domain", guest.name);
            await fillUp(place.path);
            await libvirt.virsh("resume", "--domain", guest.name);
            await eventually("the job was given up", () => hasNoJob(guest), 60_000);
          }
          return host.spawn(argv, options);
        },
      }),
    };
    await using world = await vmWorld(libvirt, writing);
    const { guest } = world;
    await expect(world.backup()).rejects.toMatchObject({ code: "ENGINE_SPACE" });
    expect(await state(guest)).toBe("running");
    const starts = counters(await guest.printed()).length;
    await libvirt.virsh("reset", "--domain", guest.name);
    const next = async () => counters(await guest.printed())[starts];
    await eventually(
      "the guest tells its counters",
      async () => (await next()) !== undefined,
      90_000,
    );
    const { a = -1, b = -1 } = (await next()) ?? {};
    await world.makeRoom();
    await world.assertHolds({ now: a - b, allowed: [0, 1] });
    expect(a).toBeGreaterThan(0);
  });
});

describe("no room for the image of a restore", { tags: shows("vm", 26) }, () => {
  it("refuses where there is none, and touches nothing", async () => {
    await using world = await vmWorld(libvirt, { guest: at() });
    const backup = await world.backup();
    await fillUp(place.path);
    await expect(world.restore(backup)).rejects.toMatchObject({ code: "ENGINE_SPACE" });
    expect(await state(world.guest)).toBe("running");
    await world.makeRoom();
    await world.assertHolds();
  });

  it("ends in the side copy where it is gone by then, and drops it", async () => {
    await using world = await vmWorld(libvirt, {
      guest: at(),
      engine: (engine) => ({
        ...engine,
        loadSide: async (...args) => {
          await fillUp(place.path);
          await engine.loadSide(...args);
        },
      }),
    });
    const backup = await world.backup();
    await expect(world.restore(backup)).rejects.toMatchObject({ code: "ENGINE_SPACE" });
    expect(await state(world.guest)).toBe("running");
    await world.makeRoom();
    await world.assertHolds();
  });
});

async function state(guest: Guest): Promise<string> {
  return (await libvirt.virsh("domstate", "--domain", guest.name)).trim();
}

async function hasNoJob(guest: Guest): Promise<boolean> {
  return libvirt.virsh("backup-dumpxml", "--domain", guest.name).then(
    () => false,
    () => true,
  );
}
