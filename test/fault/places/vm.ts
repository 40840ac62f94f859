/** A virtual machine, running or off, with what its guest reads from its disks. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { TargetConfig } from "#agent/config.ts";
import { markOf, vmTarget } from "#agent/engines/vm/virsh.ts";
import { defineGuest, startGuest, startLibvirt } from "#support/libvirt.ts";
import { tempDir } from "#support/temp-dir.ts";
import { execute, GONE, type Place } from "./place.ts";

export async function vmPlace({ runs }: { readonly runs: boolean }): Promise<Place> {
  await using opening = new AsyncDisposableStack();
  const libvirt = opening.use(await startLibvirt());
  const guest = opening.use(await defineGuest(libvirt, { start: runs }));
  const states = opening.use(await tempDir());
  const sockets = join(guest.dir, "sockets");
  await mkdir(sockets);
  await execute(["chown", "--reference", guest.dir, "--", sockets]);
  const target = {
    alias: "induk",
    engine: "vm",
    ...{ domain: guest.name, folder: guest.dir, folderSoket: sockets, batasMatiDetik: 1 },
    nyala: { batasDetik: 45, tandaSerial: "BOOT A=" },
  } as const;
  const mark = markOf(
    vmTarget(TargetConfig.parse({ ...target, vault: "gudang", izin: ["backup"] })),
  );
  const usual = await readdir(guest.dir);
  const domains = async () => (await libvirt.virsh("list", "--all", "--name")).split("\n");
  const isDefined = async () => (await domains()).includes(guest.name);
  const destroy = async () => {
    if (await guest.isRunning()) await libvirt.virsh("destroy", "--domain", guest.name);
  };
  const remains = async () => {
    const files = [...(await readdir(guest.dir)), ...(await readdir(sockets))];
    const tests = (await domains()).filter((name) => name.endsWith(mark));
    return [
      ...files.filter((name) => !usual.includes(name) && name !== "independent-copy"),
      ...tests,
    ];
  };
  const stack = opening.move();
  return {
    engine: "vm",
    target,
    secrets: [],
    damage: async () => {
      await guest.write(0, 0x66, "4M", "1M");
      await guest.write(1, 0x77, "0", "8M");
    },
    lose: async () => {
      await destroy();
      await libvirt.virsh("undefine", "--domain", guest.name);
      for (const image of guest.images) await rm(image);
    },
    content: async () => ((await isDefined()) ? await guest.digest() : GONE),
    write: async () => {
      // A domain that should run is no place for users while it is off.
      if (runs && !(await guest.isRunning())) throw new Error("the machine is off");
      await guest.write(0, 0x31, "6M", "512");
    },
    remains,
    save: async (state) => {
      const folder = join(states.path, state);
      const isThere = await isDefined();
      await destroy();
      await mkdir(folder);
      for (const name of await readdir(guest.dir)) {
        if (name !== basename(sockets)) await copySparsely(join(guest.dir, name), folder);
      }
      if (!isThere) return;
      const definition = await libvirt.virsh("dumpxml", "--inactive", "--domain", guest.name);
      await writeFile(join(folder, "saved.xml"), definition);
      if (runs) await startGuest(libvirt, guest);
    },
    reset: async (state) => {
      const folder = join(states.path, state);
      if (await isDefined()) {
        await destroy();
        await libvirt.virsh("undefine", "--domain", guest.name);
      }
      for (const name of await readdir(guest.dir)) {
        if (name !== basename(sockets)) await rm(join(guest.dir, name), { recursive: true });
      }
      for (const name of await readdir(folder)) {
        if (name !== "saved.xml") await copySparsely(join(folder, name), guest.dir);
      }
      const definition = join(folder, "saved.xml");
      if ((await readFile(definition, "utf8").catch(() => "")) === "") return;
      await libvirt.virsh("define", definition);
      if (runs) await startGuest(libvirt, guest);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function copySparsely(file: string, folder: string): Promise<string> {
  return execute(["cp", "-a", "--sparse=always", "--", file, `${folder}/`]);
}
