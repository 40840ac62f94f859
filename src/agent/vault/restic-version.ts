import { AppError } from "#domain/errors.ts";
import type { Host } from "../process/host.ts";

const NEEDED = "0.14";

/** Major and minor of the restic that runs here; VAULT_TOOL_MISSING, with both, where it is too old. */
export async function resticVersion(host: Host): Promise<readonly [number, number]> {
  const shown = await host.run(["restic", "version"]).catch((error) => {
    throw new AppError("VAULT_TOOL_MISSING", "restic is not installed", {
      detail: { program: "restic", needed: NEEDED },
      cause: error,
    });
  });
  const [, major, minor] = /^restic (\d+)\.(\d+)/m.exec(shown.stdout) ?? [];
  const version = [Number(major), Number(minor)] as const;
  if (!isAtLeast(version, 0, 14)) {
    throw new AppError("VAULT_TOOL_MISSING", "this restic is too old", {
      detail: { found: `${major}.${minor}`, needed: NEEDED },
    });
  }
  return version;
}

/** `repair index` since 0.16, `rebuild-index` before. */
export function repairIndexOf(version: readonly [number, number]): readonly string[] {
  return isAtLeast(version, 0, 16) ? ["repair", "index"] : ["rebuild-index"];
}

function isAtLeast(version: readonly [number, number], major: number, minor: number): boolean {
  return version[0] > major || (version[0] === major && version[1] >= minor);
}
