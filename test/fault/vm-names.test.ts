/** Names that a shell or a careless quoter trips over, through a whole backup and restore. */
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Libvirt, startLibvirt } from "#support/libvirt.ts";
import { shows } from "./faults.ts";
import { vmWorld } from "./vm-world.ts";

let libvirt: Libvirt;
beforeAll(async () => {
  libvirt = await startLibvirt();
}, 200_000);
afterAll(async () => {
  await libvirt?.[Symbol.asyncDispose]();
});

/** A shell that read one of the names would make this file. */
const BAIT = "pulih-umpan";

describe("a machine with names that shells trip over", { tags: shows("vm", 42) }, () => {
  it.each([
    ["runs", true],
    ["is off", false],
  ])("comes back to the letter where it %s", async (_what, start) => {
    const before = await readdir("/");
    await using world = await vmWorld(libvirt, {
      guest: {
        start,
        name: `-c "$(touch ${BAIT})" ; \`touch ${BAIT}\` 'a' 100%s \\ ~ñ<&>😀`,
        files: [
          `-rf $(touch ${BAIT}) "\`touch ${BAIT}\`" 'x' %n \\ <&>?=#😀 baris.qcow2`,
          `--help ;touch ${BAIT}; ~ñ [] *.raw`,
        ],
      },
    });
    const { guest } = world;
    const wanted = await guest.digest();
    const backup = await world.backup();
    await guest.write(0, 0x66, "5M", "1M");
    await guest.write(1, 0x77, "0", "2M");
    const damaged = await guest.digest();
    await world.restore(backup);
    expect(await guest.isRunning()).toBe(start);
    expect(await world.kept()).toHaveLength(1);
    await world.dropKept();
    await world.assertHolds({ now: await guest.digest(), allowed: [wanted] });
    expect(damaged).not.toBe(wanted);
    expect(await readdir("/")).toEqual(before);
    expect(await readdir(process.cwd())).not.toContain(BAIT);
    expect(await readdir(guest.dir)).not.toContain(BAIT);
    expect(JSON.stringify(world.agent.told)).not.toContain(BAIT);
  });
});
