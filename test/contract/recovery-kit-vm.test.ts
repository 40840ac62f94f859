/**
 * The kit's own words for a virtual machine, followed as a person would, in a plain shell and with
 * nothing of Pulih: its disks must come back byte for byte, and it must start from them.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runBackup } from "#agent/backup/run-backup.ts";
import { AgentConfig } from "#agent/config.ts";
import type { AgentContext } from "#agent/context.ts";
import { ENGINES } from "#agent/engines/registry.ts";
import { composeKit } from "#agent/keep/recovery-kit.ts";
import { loadOrCreateKey } from "#agent/key.ts";
import { localHost } from "#agent/process/local.ts";
import { openVault } from "#agent/vault/registry.ts";
import { invariant } from "#domain/errors.ts";
import { defineGuest, type Libvirt, startGuest, startLibvirt } from "#support/libvirt.ts";
import { type TempDir, tempDir } from "#support/temp-dir.ts";
import { vaultConfigAt, writeVaultSecret } from "#support/vaults.ts";

const run = promisify(execFile);

let libvirt: Libvirt;
beforeAll(async () => {
  libvirt = await startLibvirt();
}, 200_000);
afterAll(async () => {
  await libvirt?.[Symbol.asyncDispose]();
});

describe("a kit for a virtual machine, without Pulih", () => {
  it.each(["objects", "restic"] as const)(
    "brings its disks and settings back (%s)",
    async (jenis) => {
      await using temp = await tempDir();
      await chmod(temp.path, 0o755);
      const nvram = join(temp.path, "VARS.fd");
      const settings = randomBytes(128 * 1024);
      await writeFile(nvram, settings);
      const loader =
        "<loader readonly='yes' type='pflash'>/usr/share/seabios/bios-256k.bin</loader>";
      await using guest = await defineGuest(libvirt, {
        start: false,
        os: `${loader}<nvram>${nvram}</nvram>`,
      });
      // The end of the last disk is no text: nothing there may be taken for the stream's last line.
      await guest.write(1, 0x61, "8380416", "8192");
      const wanted = await guest.digest();
      const { kit, backup } = await backedUp(temp, jenis, {
        domain: guest.name,
        folder: guest.dir,
      });
      await libvirt.virsh("undefine", "--domain", guest.name, "--nvram");
      for (const image of guest.images) await rm(image);

      const desk = join(temp.path, "orang");
      await mkdir(desk, { mode: 0o755 });
      const told = await follow(kit, backup, desk);
      expect(told).toContain("lengkap");
      expect(told).not.toContain("FAILED");
      expect(await readFile(join(desk, "disk", "nvram.fd"))).toEqual(settings);
      await edit(join(desk, "domain.xml"), join(desk, "disk"));
      const { stdout: uid } = await run("id", ["-u", "libvirt-qemu"]);
      await chown(join(desk, "disk"), Number(uid), 0);
      await libvirt.virsh("define", join(desk, "domain.xml"));
      await startGuest(libvirt, guest);
      await libvirt.virsh("destroy", "--domain", guest.name);
      // Where the guest's own files are looked for again.
      for (const [index, disk] of ["vda", "vdb"].entries()) {
        const argv = ["convert", "-f", "qcow2", "-O", index === 0 ? "qcow2" : "raw"];
        await run("qemu-img", [
          ...argv,
          join(desk, "disk", `${disk}.qcow2`),
          guest.images[index] ?? "",
        ]);
      }
      expect(await guest.digest()).toBe(wanted);
    },
  );
});

/** One backup of a machine, and the kit as it was printed then. */
async function backedUp(
  temp: TempDir,
  jenis: "objects" | "restic",
  place: { readonly domain: string; readonly folder: string },
): Promise<{ kit: string; backup: string }> {
  await writeVaultSecret(join(temp.path, "secret"));
  const config = AgentConfig.parse({
    portal: "https://pulih.contoh.go.id",
    data: join(temp.path, "data"),
    vaults: [vaultConfigAt(temp.path, jenis)],
    targets: [{ ...place, engine: "vm", alias: "arsip", vault: "gudang", izin: ["backup"] }],
  });
  const key = await loadOrCreateKey(config.data);
  await using host = localHost();
  const [vault] = config.vaults.map((one) => openVault(one, { host, dataDir: config.data }));
  invariant(vault, "a vault of the config");
  const ctx: AgentContext = {
    config,
    key: { ...key, id: "agen-uji" },
    engine: (id) => ENGINES[id],
    vault: () => vault,
    openHost: async () => localHost(),
    now: () => new Date(),
    newId: () => crypto.randomUUID(),
    log: () => undefined,
  };
  const work = {
    job: null,
    epoch: 0,
    signal: new AbortController().signal,
    progress: () => undefined,
    confirmLease: async () => undefined,
  };
  const { manifest } = await runBackup(ctx, work, "arsip", "backup");
  const facts = { agent: "agen-uji", key, now: new Date("2026-11-22T03:00:00Z"), versions: {} };
  return { kit: await composeKit(config, facts), backup: manifest.id };
}

/** Runs what stands behind four spaces, in a shell that stops at the first failure. */
async function follow(kit: string, backup: string, desk: string): Promise<string> {
  await writeFile(join(desk, "perangkat.txt"), kit, { mode: 0o600 });
  const sections = kit.split(/^\f?## /m);
  const commands = ["Tempat cadangan: gudang", "Sasaran: arsip"].flatMap((heading) =>
    (sections.find((part) => part.startsWith(`${heading}\n`)) ?? "")
      .split("\n")
      .filter((line) => line.startsWith("    "))
      .map((line) => line.slice(4)),
  );
  const copying = kit.split("\n").find((line) => line.startsWith("> sed"));
  if (copying !== undefined) await run("sh", ["-c", copying.slice(2)], { cwd: desk });
  const script = commands.join("\n").replace("CADANGAN='isi-id-cadangan'", `CADANGAN='${backup}'`);
  const env = { PATH: process.env.PATH, HOME: desk };
  return (await run("bash", ["-c", `set -euo pipefail\n${script}`], { cwd: desk, env })).stdout;
}

/** As the kit says: every disk points to its new image, in qcow2, and the settings to their file. */
async function edit(file: string, folder: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const edited = text
    .replaceAll(/<disk [\s\S]*?<\/disk>/g, (disk) => {
      const [, name] = /<target dev='(\w+)'/.exec(disk) ?? [];
      return disk
        .replace(/<source file='[^']*'/, `<source file='${folder}/${name}.qcow2'`)
        .replace(/type='raw'/, "type='qcow2'");
    })
    .replace(/(<nvram[^>]*>)[^<]*/, `$1${folder}/nvram.fd`);
  await writeFile(file, edited);
}
