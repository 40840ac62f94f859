import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Less is uploaded again sooner than the index is repaired. */
const WORTH_KEEPING_BYTES = 64_000_000;

/** One upload of this process. */
export interface Upload {
  /** To be told while it goes on. */
  reached(bytes: number): void;
  /** All that it uploaded is in the repository's index. */
  isWhole(): Promise<void>;
  /** It ended before that. */
  isCutShort(): void;
}

/**
 * Remembers uploads that were cut short, by a note in the agent's folder that outlives a kill.
 *
 * restic writes its index late: what an upload had stored before it was cut short is not in it and
 * would be uploaded once more. Repairing the index makes those bytes count.
 */
export function uploadNotes(dataDir: string, alias: string) {
  const directory = join(dataDir, "vaults");
  const prefix = `${alias}.upload.`;
  const open = new Set<string>();

  return {
    begin(): Upload {
      const name = `${prefix}${process.pid}.${randomBytes(4).toString("hex")}`;
      const path = join(directory, name);
      let noted: Promise<void> | null = null;
      open.add(name);
      return {
        reached: (bytes) => {
          if (bytes < WORTH_KEEPING_BYTES || !open.has(name)) return;
          // A note that cannot be written costs an upload, not a backup.
          noted ??= note(directory, path).catch(() => undefined);
        },
        isWhole: async () => {
          open.delete(name);
          await noted;
          if (noted !== null) await rm(path, { force: true });
        },
        isCutShort: () => {
          open.delete(name);
        },
      };
    },

    /** Notes of uploads that are over: of dead processes, and of this one's that were aborted. */
    async cutShort(): Promise<readonly string[]> {
      const names = await readdir(directory).catch(() => []);
      return names
        .filter((name) => name.startsWith(prefix) && !open.has(name))
        .filter((name) => {
          const pid = Number(name.slice(prefix.length).split(".")[0]);
          return pid === process.pid || !isRunning(pid);
        })
        .map((name) => join(directory, name));
    },
  };
}

async function note(directory: string, path: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(path, "", { mode: 0o600 });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
