import { TargetConfig } from "#agent/config.ts";
import type { Guest } from "./libvirt.ts";

/** A throw-away guest as the operator's config would name it. */
export function guestTarget(guest: Guest, over: Record<string, unknown> = {}): TargetConfig {
  return TargetConfig.parse({
    alias: "server-aplikasi",
    vault: "gudang",
    izin: ["backup", "restore", "check"],
    engine: "vm",
    domain: guest.name,
    folder: guest.dir,
    batasMatiDetik: 1,
    nyala: { batasDetik: 60, tandaSerial: "BOOT A=" },
    ...over,
  });
}
