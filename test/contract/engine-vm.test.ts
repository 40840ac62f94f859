import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";
import { TargetConfig } from "#agent/config.ts";
import { vm } from "#agent/engines/vm.ts";
import type { Host } from "#agent/process/host.ts";
import { localHost } from "#agent/process/local.ts";
import { sshHost } from "#agent/ssh/host.ts";
import { defineGuest, type Guest, type Libvirt, startLibvirt } from "#support/libvirt.ts";
import { type Sshd, startSshd } from "#support/sshd.ts";
import { type EngineFixture, engineSuite } from "./engine-suite.ts";

const run = promisify(execFile);

let libvirt: Libvirt;
let sshd: Sshd;
beforeAll(async () => {
  libvirt = await startLibvirt();
  sshd = await startSshd();
}, 200_000);
afterAll(async () => {
  await sshd?.[Symbol.asyncDispose]();
  await libvirt?.[Symbol.asyncDispose]();
});

// Each guest takes seconds to start without hardware help: what runs is looked at over the longer way.
if (process.env["PULIH_FAULT"] === "full") {
  engineSuite("vm that runs, on this machine", {
    engine: vm,
    start: () => fixture(true, async () => localHost()),
  });
}
engineSuite("vm that is off, on this machine", {
  engine: vm,
  start: () => fixture(false, async () => localHost()),
});
engineSuite("vm that runs, over SSH", { engine: vm, start: () => fixture(true, overSsh) });

function overSsh(): Promise<Host> {
  return sshHost({
    jenis: "ssh",
    host: sshd.host,
    port: sshd.port,
    pengguna: sshd.user,
    berkasKunci: sshd.keyFile,
    kunciHost: sshd.hostKey,
  });
}

async function fixture(start: boolean, openHost: () => Promise<Host>): Promise<EngineFixture> {
  // What it prints is of no interest here, and its booting changes no byte.
  const guest = await defineGuest(libvirt, { start: start && "begun" });
  const host = await openHost();
  let isDoomed = false;
  const doomed: Host = {
    ...host,
    spawn: async (argv, options) => {
      // The moment is held, no byte of it was read.
      if (isDoomed && argv[0] === "nbdcopy") await takeAway(guest);
      return host.spawn(argv, options);
    },
  };
  return {
    target: targetFor(guest.name, guest.dir),
    absent: targetFor("tidak ada", guest.dir),
    io: {
      host: doomed,
      signal: new AbortController().signal,
      now: () => new Date(),
      log: () => {},
    },
    damage: async () => {
      await guest.write(0, 0x66, "4M", "1M");
      await guest.write(1, 0x77, "0", "8M");
    },
    change: async () => {
      await guest.write(0, 0x51, "8M", "128k");
      await guest.write(1, 0x52, "4M", "1k");
      return [
        { name: "vda", added: 0, changed: 2, lost: 0 },
        { name: "vdb", added: 0, changed: 1, lost: 0 },
      ];
    },
    remove: async () => {
      if (await guest.isRunning()) await libvirt.virsh("destroy", "--domain", guest.name);
      await libvirt.virsh("undefine", "--domain", guest.name);
      for (const image of guest.images) await rm(image);
    },
    question: null,
    physical: {
      // A disk without its boot sector is sound as an image, and of no use.
      harm: async ({ side }) => {
        const command = ["-f", "qcow2", "-c", "write -P 0 0 512", `${guest.images[0]}.${side}`];
        await run("qemu-io", command);
      },
      harmed: targetFor(guest.name, guest.dir, 5),
    },
    mutate: () => guest.write(0, 0x31, "6M", "512"),
    independentDigest: () => guest.digest(),
    breakMidDump: async () => {
      isDoomed = true;
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await guest[Symbol.asyncDispose]();
    },
  };
}

/** The plug is pulled; or, where it is off, somebody starts it. */
async function takeAway(guest: Guest): Promise<void> {
  if (await guest.isRunning()) await libvirt.virsh("destroy", "--domain", guest.name);
  else await guest.write(0, 0x41, "8M", "64k");
}

function targetFor(domain: string, folder: string, batasDetik = 45): TargetConfig {
  return TargetConfig.parse({
    alias: "server-aplikasi",
    vault: "gudang",
    izin: ["backup", "restore", "check"],
    engine: "vm",
    domain,
    folder,
    batasMatiDetik: 1,
    nyala: { batasDetik, tandaSerial: "BOOT A=" },
  });
}
