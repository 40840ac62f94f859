/**
 * The boot test: a copy of the domain without network starts from overlays on the restored images,
 * which stay as they are, and must show a sign of life.
 */
import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "#domain/errors.ts";
import type { Running } from "../../process/host.ts";
import type { EngineIo, SideNames } from "../engine.ts";
import { bootDefinition } from "./boot-definition.ts";
import { BOOT_GUARD } from "./boot-guard.ts";
import { nvramOf } from "./outside.ts";
import { remove } from "./swap.ts";
import { must } from "./tools.ts";
import { isRunning, markOf, type VmTarget, virsh } from "./virsh.ts";
import { type Element, writeXml } from "./xml.ts";

const LOOK_EVERY_MS = 1_000;

/** What to boot from, under its disk's name. */
export interface BootImage {
  readonly name: string;
  readonly format: string;
  /** Path of an image, or the address of an export. */
  readonly backing: string;
  /** The overlay's name begins with this path. */
  readonly beside: string;
}

/** ENGINE_DAMAGED without a sign of life; false where this machine refuses to start such a domain. */
export async function bootTest(
  target: VmTarget,
  names: SideNames,
  definition: Element,
  images: readonly BootImage[],
  io: EngineIo,
): Promise<boolean> {
  const name = `pulih-${names.side}-${markOf(target)}`;
  const overlays = images.map((image) => ({ ...image, overlay: `${image.beside}.boot` }));
  const serial = `${images[0]?.beside}.serial`;
  const nvram = `${images[0]?.beside}.nvram`;
  const files = [...overlays.map(({ overlay }) => overlay), serial, nvram];
  const testDomain = bootDefinition(definition, {
    name,
    serial,
    nvram,
    overlays: new Map(overlays.map((one) => [one.name, one.overlay])),
  });
  const guard = await io.host.spawn(
    [
      ...["setsid", "--fork", "--wait", "sh", "-c", BOOT_GUARD, "pulih", target.uri, name],
      ...files,
    ],
    { stdin: "lines", stdout: "lines" },
  );
  try {
    for (const { overlay, backing, format } of overlays) {
      await must(io, "ENGINE_CONNECT", [
        ...["qemu-img", "create", "-q", "-f", "qcow2", "-F", format, "-b", backing, overlay],
      ]);
    }
    const settings = await nvramOf(definition, io);
    if (settings !== null) await must(io, "ENGINE_CONNECT", ["cp", "--", settings.path, nvram]);
    guard.write(writeXml(testDomain));
    const said = await guard.lines[Symbol.asyncIterator]().next();
    if (said.value !== "created") {
      io.log("boot test is not possible here: libvirt refused the test domain");
      return false;
    }
    await signOfLife(target, name, serial, definition, io);
    return true;
  } finally {
    await end(guard);
    await remove(files, { ...io, signal: new AbortController().signal });
  }
}

async function signOfLife(
  target: VmTarget,
  name: string,
  serial: string,
  definition: Element,
  io: EngineIo,
): Promise<void> {
  const { batasDetik, tandaSerial } = target.nyala;
  const hasAgent = writeXml(definition).includes("org.qemu.guest_agent.0");
  const deadline = performance.now() + batasDetik * 1000;
  while (performance.now() < deadline) {
    if (!(await isRunning(target, io, name))) throw damaged("the copy stopped by itself");
    if (tandaSerial !== null && (await printed(serial, tandaSerial, io))) {
      return io.log("boot test passed", { proof: "serial" });
    }
    if (hasAgent && (await answers(target, name, io))) {
      return io.log("boot test passed", { proof: "agent" });
    }
    await delay(LOOK_EVERY_MS, undefined, { signal: io.signal });
  }
  if (tandaSerial !== null || hasAgent) throw damaged("the copy gave no sign of life");
  const state = await virsh(target, io, ["domstate", "--domain", name]);
  // Where the guest has neither, all that can be said is that nothing went wrong.
  if (state.stdout.trim() !== "running") throw damaged("the copy did not go on running");
  io.log("boot test passed", { proof: "running" });
}

/** The end of the serial output, so that a talkative guest costs no memory. */
async function printed(serial: string, sign: string, io: EngineIo): Promise<boolean> {
  const argv = ["tail", "-c", String(256 * 1024), "--", serial];
  const { stdout } = await io.host.run(argv, { signal: io.signal });
  return stdout.includes(sign);
}

async function answers(target: VmTarget, name: string, io: EngineIo): Promise<boolean> {
  const ping = '{"execute":"guest-ping"}';
  const args = ["qemu-agent-command", "--timeout", "5", "--domain", name, "--cmd", ping];
  return (await virsh(target, io, args)).code === 0;
}

async function end(guard: Running): Promise<void> {
  guard.end();
  await guard.exit;
}

function damaged(message: string): AppError {
  return new AppError("ENGINE_DAMAGED", message);
}
