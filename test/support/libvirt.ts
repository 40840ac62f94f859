/**
 * libvirt for tests, and guests in it: a boot sector that counts instead of an operating system,
 * emulated, since a test machine need not have KVM.
 */
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { eventually } from "./eventually.ts";
import { guestBoot } from "./guest-boot.ts";
import { type OwnDaemon, ownDaemon, sharedDaemon } from "./libvirt-daemon.ts";

const run = promisify(execFile);
const MIB = 1024 * 1024;

export interface Libvirt {
  readonly uri: string;
  /** Runs virsh and gives what it prints; rejects with its words. */
  virsh(...args: string[]): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startLibvirt(): Promise<Libvirt> {
  const daemon = await sharedDaemon();
  return {
    uri: daemon.uri,
    virsh: virshAt(daemon.uri),
    [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose](),
  };
}

/** A daemon that no other test uses, to be taken away. */
export async function startOwnLibvirt(): Promise<Libvirt & OwnDaemon> {
  const daemon = await ownDaemon();
  return Object.assign(daemon, { virsh: virshAt(daemon.uri) });
}

function virshAt(uri: string): Libvirt["virsh"] {
  return async (...args) => {
    const { stdout } = await run("virsh", ["-q", "-c", uri, ...args], { maxBuffer: 64 * MIB });
    return stdout;
  };
}

export interface Guest {
  readonly name: string;
  readonly dir: string;
  /** Images of vda (qcow2) and vdb (raw). */
  readonly images: readonly [string, string];
  /** What the guest has printed, of all its starts. */
  printed(): Promise<string>;
  /** Writes a pattern to a disk, running or not, as the guest itself would. */
  write(disk: 0 | 1, pattern: number, at: string, length: string): Promise<void>;
  /** SHA-256 of what the guest reads from its disks, by qemu's own copying. */
  digest(): Promise<string>;
  isRunning(): Promise<boolean>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface GuestOptions {
  readonly name?: string;
  /** Writes to its first disk all the time. */
  readonly writes?: boolean;
  /** `begun`: without waiting until it has printed. It is started and waited for by default. */
  readonly start?: boolean | "begun";
  /** An existing folder for its files, kept at the end. */
  readonly dir?: string;
  /** Names of the images of vda and vdb. */
  readonly files?: readonly [string, string];
  /** Further elements of the definition's <os> and <devices>. */
  readonly os?: string;
  readonly devices?: string;
}

export async function defineGuest(libvirt: Libvirt, options: GuestOptions = {}): Promise<Guest> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "pulih-vm-")));
  const mark = randomBytes(3).toString("hex");
  const name = options.name ?? `pulih-uji-${mark} 'a' "b" 50% 😀`;
  const [first, second] = options.files ?? ["disk 'satu', \"dua\" 7% 😀.qcow2", "data.raw"];
  const images = [join(dir, first), join(dir, second)] as const;
  const serial = join(dir, "serial");
  // Images must lie where the emulator's own user may enter.
  await chmod(dir, 0o755);
  const { stdout: uid } = await run("id", ["-u", "libvirt-qemu"]);
  await chown(dir, Number(uid), 0);
  const formats = ["qcow2", "raw"] as const;
  const boot = join(dir, "boot");
  await writeFile(boot, guestBoot({ writes: options.writes ?? false }));
  await run("qemu-img", ["create", "-q", "-f", "qcow2", images[0], "64M"]);
  await run("qemu-img", ["create", "-q", "-f", "raw", images[1], "8M"]);
  await run("nbdcopy", ["--", boot, "[", "qemu-nbd", "-f", "qcow2", images[0], "]"]);
  const isRunning = async () => (await libvirt.virsh("list", "--name")).split("\n").includes(name);
  const write: Guest["write"] = async (disk, pattern, at, length) => {
    const command = `write -P ${pattern} ${at} ${length}`;
    if (!(await isRunning())) {
      await run("qemu-io", ["-f", formats[disk], "-c", command, images[disk]]);
      return;
    }
    const device = `/machine/peripheral/virtio-disk${disk}/virtio-backend`;
    const line = `qemu-io -d ${device} "${command}"`;
    await libvirt.virsh("qemu-monitor-command", "--domain", name, "--hmp", line);
  };
  const guest: Guest = {
    name,
    dir,
    images,
    printed: () => readFile(serial, "utf8").catch(() => ""),
    write,
    digest: async () => {
      const hash = createHash("sha256");
      const copy = join(dir, "independent-copy");
      for (const disk of [0, 1] as const) {
        if (await isRunning()) {
          await libvirt.virsh(
            ...["blockcopy", "--domain", name, "--path", disk === 0 ? "vda" : "vdb"],
            ...["--dest", copy, "--format", "raw", "--transient-job", "--wait", "--finish"],
          );
        } else {
          await run("qemu-img", ["convert", "-f", formats[disk], "-O", "raw", images[disk], copy]);
        }
        await pipeline(createReadStream(copy), hash, { end: false });
        await rm(copy);
      }
      return hash.digest("hex");
    },
    isRunning,
    [Symbol.asyncDispose]: async () => {
      const quietly = (...args: string[]) => libvirt.virsh(...args).catch(() => "");
      await quietly("destroy", "--domain", name);
      await quietly("undefine", "--domain", name, "--keep-nvram");
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
  try {
    await write(0, 0x11, "4M", "2M");
    await write(1, 0x22, "1M", "1M");
    const definition = join(dir, "domain.xml");
    await writeFile(definition, definitionOf(name, images, serial, options));
    await libvirt.virsh("define", definition);
    const { start = true } = options;
    if (start === "begun") await libvirt.virsh("start", "--domain", name);
    else if (start) await startGuest(libvirt, guest);
  } catch (error) {
    await guest[Symbol.asyncDispose]();
    throw error;
  }
  return guest;
}

/** Resolves when the guest has printed its counters. */
export async function startGuest(libvirt: Libvirt, guest: Guest): Promise<void> {
  const before = counters(await guest.printed()).length;
  await libvirt.virsh("start", "--domain", guest.name);
  await eventually(
    "the guest prints its counters",
    async () => counters(await guest.printed()).length > before,
    90_000,
  );
}

/** The counters of every start that the guest's words tell of. */
export function counters(printed: string): { readonly a: number; readonly b: number }[] {
  return [...printed.matchAll(/BOOT A=([0-9A-F]{8}) B=([0-9A-F]{8})\r\n/g)].map(([, a, b]) => ({
    a: Number.parseInt(a ?? "", 16),
    b: Number.parseInt(b ?? "", 16),
  }));
}

function definitionOf(
  name: string,
  images: readonly string[],
  serial: string,
  { os = "", devices = "" }: GuestOptions,
): string {
  const escaped = (text: string) =>
    text.replaceAll(/[&<>'"]/g, (character) => `&#${character.codePointAt(0)};`);
  const disks = images.map(
    (image, index) => `<disk type='file' device='disk'>
      <driver name='qemu' type='${index === 0 ? "qcow2" : "raw"}'/>
      <source file='${escaped(image)}'/><target dev='vd${"ab"[index]}' bus='virtio'/></disk>`,
  );
  return `<domain type='qemu'><name>${escaped(name)}</name>
    <memory unit='MiB'>32</memory><vcpu>1</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type>${os}<boot dev='hd'/></os>
    <features><acpi/></features>
    <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
    <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>${disks.join("")}
      <serial type='file'><source path='${escaped(serial)}' append='on'/></serial>
      <memballoon model='none'/>${devices}</devices></domain>`;
}
