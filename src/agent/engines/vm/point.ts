import { dirname } from "node:path/posix";
import { AppError } from "#domain/errors.ts";
import type { EngineIo } from "../engine.ts";
import { type Disk, disksOf } from "./disks.ts";
import { allocationOf, freeBytes } from "./inspect.ts";
import { GUARD } from "./point-guard.ts";
import { type Source, sourceOf } from "./source.ts";
import { imageStamp } from "./stamp.ts";
import { type Domain, markOf, readDomain, type VmTarget } from "./virsh.ts";
import { element, writeXml } from "./xml.ts";

/** A guess at how much a guest overwrites while its disks are read. */
const PUT_ASIDE_SHARE = 0.05;

/** All disks of a domain at one moment. */
export interface Point {
  readonly sources: readonly Source[];
  /** Whether the guest had flushed its file systems, or what it lost is as after a power cut. */
  readonly consistency: "frozen" | "crash" | "off";
}

/**
 * Holds one moment of all disks still while `act` reads it, as often as it likes. Of a running domain
 * libvirt keeps it (a backup job in pull mode: what the guest overwrites is first put aside); images
 * of a domain that is off are read as they are, and must not have changed meanwhile.
 */
export async function atOnePoint<Result>(
  target: VmTarget,
  io: EngineIo,
  options: { readonly freeze: boolean },
  act: (point: Point) => Promise<Result>,
): Promise<Result> {
  const domain = await readDomain(target, io);
  if (domain === null) throw new AppError("ENGINE_CONNECT", "there is no such domain");
  io.signal.throwIfAborted();
  const disks = disksOf(domain.definition);
  return domain.isActive
    ? whileRunning(target, io, disks, options.freeze, act)
    : whileOff(target, io, disks, domain, act);
}

async function whileOff<Result>(
  target: VmTarget,
  io: EngineIo,
  disks: readonly Disk[],
  domain: Domain,
  act: (point: Point) => Promise<Result>,
): Promise<Result> {
  const before = await imageStamp(disks, io);
  const sources = disks.map((disk) => sourceOf(disk, disk.path));
  const result = await act({ sources, consistency: "off" });
  const now = await readDomain(target, io);
  const isSame = now?.isActive === domain.isActive && (await imageStamp(disks, io)) === before;
  if (!isSame) {
    throw new AppError("ENGINE_DUMP_INCOMPLETE", "the domain was started while it was read", {
      detail: { changedWhileRead: true },
    });
  }
  return result;
}

async function whileRunning<Result>(
  target: VmTarget,
  io: EngineIo,
  disks: readonly Disk[],
  freeze: boolean,
  act: (point: Point) => Promise<Result>,
): Promise<Result> {
  const socket = `${target.folderSoket.replace(/\/+$/, "")}/pulih-${markOf(target)}.sock`;
  const scratch = disks.map((disk) => `${disk.path}.pulih-${markOf(target)}`);
  const reserve = await roomToPutAside(target, io, disks);
  const limit = freeze ? String(target.batasBekuDetik) : "0";
  // Outside of the leash: it outlives the agent, to end the job and to thaw the guest.
  const leave = ["setsid", "--fork", "--wait"];
  const guard = await io.host.spawn(
    [
      ...leave,
      ...["sh", "-c", GUARD, "pulih", target.uri, target.domain, limit, reserve, socket],
      ...scratch,
    ],
    { stdin: "lines", stdout: "lines" },
  );
  const said = guard.lines[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await said.next()).value ?? "");
  const outcome = await settled(async () => {
    guard.write(writeXml(jobOf(disks, socket, scratch)));
    const [word, consistency] = (await next()).split(" ");
    if (word !== "ready") throw await refusal(guard);
    // Slashes stay: libvirt, which reads such an address from an overlay, does not decode it.
    const query = `?socket=${socket.split("/").map(encodeURIComponent).join("/")}`;
    const sources = disks.map(({ name }) => ({ name, argv: [`nbd+unix:///${name}${query}`] }));
    return act({ sources, consistency: consistency === "frozen" ? "frozen" : "crash" });
  });
  guard.end();
  const verdict = await next();
  await guard.exit;
  // Ended by the guard: whoever read from it only tells of a broken connection.
  if (verdict === "full") {
    throw new AppError("ENGINE_SPACE", "no room was left for what the guest overwrote");
  }
  if (outcome.status === "rejected") throw outcome.reason;
  // A job that libvirt gave up no longer held the moment.
  if (verdict !== "held") {
    throw new AppError("ENGINE_DUMP_INCOMPLETE", "libvirt did not hold the moment to the end");
  }
  return outcome.value;
}

async function settled<Result>(act: () => Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const [outcome] = await Promise.allSettled([act()]);
  return outcome;
}

/**
 * Bytes that must stay free while a job runs. Without room to put aside what the guest overwrites, qemu
 * stops the guest at its next write.
 */
async function roomToPutAside(
  target: VmTarget,
  io: EngineIo,
  disks: readonly Disk[],
): Promise<string> {
  const allocated = [...(await allocationOf(target, io)).values()];
  const free = await freeBytes([...new Set(disks.map(({ path }) => dirname(path)))], io);
  const needed = allocated.reduce((sum, bytes) => sum + bytes, 0) * PUT_ASIDE_SHARE;
  if (free !== null && free < needed) {
    throw new AppError("ENGINE_SPACE", "no room beside the images for a running backup");
  }
  return String(Math.ceil(needed / 4));
}

async function refusal(guard: { end(): void; readonly exit: Promise<{ stderr: string }> }) {
  guard.end();
  const { stderr } = await guard.exit;
  const isBusy = /pulih-busy|state change lock|another (backup )?job|already/i.test(stderr);
  const isFull = /No space left/i.test(stderr);
  const code = isBusy ? "ENGINE_BUSY" : isFull ? "ENGINE_SPACE" : "ENGINE_DUMP_FAILED";
  return new AppError(code, "libvirt did not begin the backup job");
}

/** Always of everything and without a checkpoint, so that no broken bitmap can be relied on. */
function jobOf(disks: readonly Disk[], socket: string, scratch: readonly string[]) {
  return element("domainbackup", { mode: "pull" }, [
    element("server", { transport: "unix", socket }),
    element(
      "disks",
      {},
      disks.map(({ name }, index) =>
        element("disk", { name, backup: "yes", type: "file", exportname: name }, [
          element("scratch", { file: scratch[index] ?? "" }),
        ]),
      ),
    ),
  ]);
}
