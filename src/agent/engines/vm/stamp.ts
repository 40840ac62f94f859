import type { EngineIo } from "../engine.ts";
import type { Disk } from "./disks.ts";
import { must } from "./tools.ts";

/** Changes whenever an image is replaced or written to. */
export function imageStamp(disks: readonly Disk[], io: EngineIo): Promise<string> {
  const paths = disks.map((disk) => disk.path);
  return must(io, "ENGINE_CONNECT", ["stat", "--format=%d %i %s %y", "--", ...paths]);
}
