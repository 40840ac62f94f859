import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

/** Free bytes for an unprivileged writer at a path, or where it would be made; null where unknown. */
export async function freeBytesAt(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return isMissing && dirname(path) !== path ? freeBytesAt(dirname(path)) : null;
  }
}
