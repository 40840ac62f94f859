import { AppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import { disksOf, pathsOf } from "./disks.ts";
import { restoredNvram, withNvram } from "./outside.ts";
import { imagesOf, planFor, withNote, writePlan } from "./place.ts";
import { endMark, type Stored, storedIn } from "./recreate.ts";
import { LEASHED, SERVE } from "./source.ts";
import { must, presentOf } from "./tools.ts";
import { readDomain, type VmTarget } from "./virsh.ts";

/**
 * Takes the stream apart on the domain's machine: exactly as many bytes as a disk has go into its
 * image, and so on; what follows is printed. Runs of zeros become holes. `file` is no image.
 */
const UNPACK = `
umask 077
serve='${SERVE}'
while [ "$#" -gt 0 ]; do
  if [ "$2" = file ]; then
    head -c "$1" >"$3" || exit 1
  else
    head -c "$1" | nbdcopy --flush -- \\
      - [ ${LEASHED.join(" ")} "$serve" qemu-nbd \\
        --discard=unmap --detect-zeroes=unmap --format "$2" "$3" ] || exit 1
  fi
  shift 3
done
exec head -c 200
`;

/** Makes the images of the side copy; a stream that does not end with its mark makes none. */
export async function loadSide(
  target: VmTarget,
  names: SideNames,
  manifest: Manifest,
  fd: number,
  io: EngineIo,
): Promise<void> {
  const stored = storedIn(manifest);
  const domain = await readDomain(target, io);
  const definition = domain?.definition ?? (await planFor(target, stored, io));
  const disks = disksOf(definition);
  const nvram = restoredNvram(target, names);
  if (domain === null) {
    if ((await imagesOf(disks, io)) === "all") {
      throw new AppError("ENGINE_UNSUPPORTED", "images lie where the lost domain's would be put");
    }
    const note = {
      by: names.side,
      start: stored.wasRunning,
      registered: true,
      withHost: stored.startsWithHost,
    };
    const moved = stored.nvramBytes === 0 ? definition : withNvram(definition, nvram);
    await writePlan(target, names, withNote(moved, note), io);
  }
  const parts: string[] = [];
  const sides: string[] = [];
  for (const { name, bytes } of stored.disks) {
    const disk = disks.find((one) => one.name === name);
    if (disk === undefined) throw new AppError("ENGINE_UNSUPPORTED", "a disk has no place");
    const { live, side } = pathsOf(disk, names);
    await makeImage({ path: side, like: live, format: disk.format, bytes }, io);
    parts.push(String(bytes), disk.format, side);
    sides.push(side);
  }
  if (stored.nvramBytes > 0) {
    // A domain that is there keeps its settings, as it keeps its definition.
    const into = domain === null ? nvram : "/dev/null";
    parts.push(String(stored.nvramBytes), "file", into);
    if (domain === null) sides.push(into);
  }
  await unpack(parts, fd, stored, io);
  for (const [index, side] of sides.entries()) {
    if (parts[index * 3 + 1] === "qcow2") {
      await must(io, "ENGINE_LOAD_FAILED", ["qemu-img", "check", "-q", "-f", "qcow2", side]);
    }
  }
  await must(io, "ENGINE_LOAD_FAILED", ["sync", "--", ...sides]);
}

/** Nobody but its owner may read it, from its first byte on. */
async function makeImage(
  of: { path: string; like: string; format: string; bytes: number },
  io: EngineIo,
): Promise<void> {
  const { path, like, format, bytes } = of;
  const made = (argv: string[]) => must(io, "ENGINE_LOAD_FAILED", argv);
  await made(["install", "-m", "600", "/dev/null", path]);
  await made(["qemu-img", "create", "-q", "-f", format, path, String(bytes)]);
  if ((await presentOf([like], io)).size === 0) return;
  await made(["chown", `--reference=${like}`, "--", path]);
  await made(["chmod", `--reference=${like}`, "--", path]);
}

async function unpack(
  parts: readonly string[],
  fd: number,
  stored: Stored,
  io: EngineIo,
): Promise<void> {
  const running = await io.host.spawn(["sh", "-c", UNPACK, "pulih", ...parts], {
    stdin: { fd },
    stdout: "lines",
    signal: io.signal,
  });
  let rest = "";
  for await (const line of running.lines) rest += `${line}\n`;
  const { code, signal, stderr } = await running.exit;
  if (code !== 0) {
    const isFull = /No space left/i.test(stderr);
    throw new AppError(isFull ? "ENGINE_SPACE" : "ENGINE_LOAD_FAILED", "a disk was not written", {
      detail: { code, signal },
    });
  }
  if (rest !== endMark([...stored.disks, { bytes: stored.nvramBytes }])) {
    throw new AppError("ENGINE_LOAD_FAILED", "the stream does not end where its disks do");
  }
}
