import { isDisk, withPaths } from "./disks.ts";
import { withNvram } from "./outside.ts";
import { type Element, element } from "./xml.ts";

/** What the guest needs to start. Neither network nor anything that the host has only once. */
const DEVICES = new Set(["emulator", "controller", "input", "rng", "video", "watchdog", "panic"]);
/** Identity, and what ties a domain to resources that the live one holds. */
const LEFT_OUT = new Set([
  ...["name", "uuid", "genid", "title", "description", "metadata", "resource", "seclabel"],
  ...["memoryBacking", "numatune", "cputune", "blkiotune", "memtune", "launchSecurity"],
  ...["on_poweroff", "on_crash", "on_reboot", "qemu:commandline", "devices"],
]);

/** The domain as a short-lived one of its own, on overlays, with its first serial port in a file. */
export function bootDefinition(
  definition: Element,
  of: {
    readonly name: string;
    readonly serial: string;
    readonly nvram: string;
    readonly overlays: ReadonlyMap<string, string>;
  },
): Element {
  // The live domain's firmware settings are its own; the short-lived one starts with a copy.
  const { children } = withPaths(withNvram(definition, of.nvram), of.overlays);
  const elements = children.filter((child) => typeof child !== "string");
  const devices = elements.find((child) => child.name === "devices");
  const kept = (devices?.children ?? [])
    .filter((child) => typeof child !== "string")
    .filter((child) => DEVICES.has(child.name) || isDisk(child))
    .map((child) => (isDisk(child) ? onOverlay(child) : child));
  const { type = "qemu" } = definition.attributes;
  return element("domain", { type }, [
    element("name", {}, [of.name]),
    ...elements.filter((child) => !LEFT_OUT.has(child.name)),
    element("on_poweroff", {}, ["destroy"]),
    element("on_crash", {}, ["destroy"]),
    element("devices", {}, [
      ...kept,
      element("serial", { type: "file" }, [
        element("source", { path: of.serial }),
        element("target", { port: "0" }),
      ]),
      element("channel", { type: "unix" }, [
        element("target", { type: "virtio", name: "org.qemu.guest_agent.0" }),
      ]),
      element("memballoon", { model: "none" }),
    ]),
  ]);
}

/** An overlay is qcow2 whatever lies behind it. */
function onOverlay(disk: Element): Element {
  const driver = element("driver", { name: "qemu", type: "qcow2", cache: "unsafe" });
  const others = disk.children.filter(
    (child) =>
      typeof child !== "string" && !["driver", "alias", "iotune", "mirror"].includes(child.name),
  );
  return { ...disk, children: [driver, ...others] };
}
