import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { Manifest } from "#protocol/manifest.ts";
import { type Element, parseXml } from "./xml.ts";

/**
 * The stream: the bytes of all disks as the guest reads them, one disk after another in the order of
 * `disks`, then the firmware's settings (`nvram` bytes, where there are any), then one line,
 * `pulih-vm-1 <bytes before it>`. With head, tail and these sizes anybody can take it apart.
 */
export const STREAM_FORMAT = "vm-raw-concat-1";

export function endMark(parts: readonly { readonly bytes: number }[]): string {
  return `pulih-vm-1 ${parts.reduce((sum, part) => sum + part.bytes, 0)}\n`;
}

const StoredDisks = z
  .array(
    z.strictObject({
      name: z.string().regex(/^[A-Za-z0-9_-]+$/),
      bytes: z.int().positive(),
      /** What the image really took: an estimate of the room its copy needs. */
      allocated: z.int().nonnegative(),
    }),
  )
  .min(1);
export type StoredDisk = z.infer<typeof StoredDisks>[number];

export interface Stored {
  readonly disks: readonly StoredDisk[];
  /** Bytes of the firmware's settings behind the disks; 0 where there are none. */
  readonly nvramBytes: number;
  /** As libvirt kept it, without passwords. */
  readonly definition: Element;
  readonly wasRunning: boolean;
  readonly startsWithHost: boolean;
}

/** What a backup of a domain says of itself. */
export function storedIn(manifest: Manifest): Stored {
  const { recreate } = manifest;
  if (recreate.format !== STREAM_FORMAT) {
    throw new AppError("ENGINE_VERSION", "backup has a form this agent does not know");
  }
  return {
    disks: StoredDisks.parse(JSON.parse(recreate.disks ?? "")),
    nvramBytes: z.coerce
      .number()
      .int()
      .nonnegative()
      .parse(recreate.nvram ?? "0"),
    definition: parseXml(recreate.definition ?? ""),
    wasRunning: recreate.running === "yes",
    startsWithHost: recreate.autostart === "yes",
  };
}
