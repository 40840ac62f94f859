import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";

/** Where servers keep their tools even if the agent was started with a shorter PATH. */
const SYSTEM_FOLDERS = [
  "/usr/local/sbin",
  "/usr/local/bin",
  "/usr/sbin",
  "/usr/bin",
  "/sbin",
  "/bin",
];

/** PATH for children: the agent's own, then the system's folders. */
export function childPath(own: string | undefined): string {
  const folders = (own ?? "").split(":").filter((folder) => folder.startsWith("/"));
  return [...new Set([...folders, ...SYSTEM_FOLDERS])].join(":");
}

/** Full path of a program, null where there is none that may be run; a relative path is none. */
export function findProgram(name: string, path: string): string | null {
  const folders = name.includes("/") ? [] : path.split(":").filter(Boolean);
  const candidates = name.startsWith("/") ? [name] : folders.map((folder) => join(folder, name));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
