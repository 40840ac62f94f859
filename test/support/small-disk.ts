/** A real file system of a few megabytes, to run out of room on. */
import { execFile } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { chmod, mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { tempDir } from "#support/temp-dir.ts";

const run = promisify(execFile);
const MEGABYTE = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 0x20);

export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Leaves room for so many megabytes. */
  fillBut(megabytes: number): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
  /** Runs with temporary files, and so with throw-away servers, on it. */
  within<Result>(act: () => Promise<Result>): Promise<Result>;
}

/** In memory; needs root, who alone may mount. */
export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const dir = await tempDir();
  // Servers run as users of their own.
  await chmod(dir.path, 0o755);
  const path = join(dir.path, "disk");
  await mkdir(path);
  const options = `size=${megabytes}m,mode=1777`;
  await run("mount", ["-t", "tmpfs", "-o", options, "pulih-test", path]);
  const filler = join(path, "pengisi");
  return {
    path,
    fill: () => takeAll(filler),
    fillBut: async (left) => {
      const { bavail, bsize } = await statfs(path);
      const bytes = bavail * bsize - left * MEGABYTE;
      await writeFile(filler, Buffer.alloc(Math.max(0, bytes)));
    },
    free: () => rm(filler, { force: true }),
    within: async (act) => {
      const { TMPDIR } = process.env;
      process.env.TMPDIR = path;
      try {
        return await act();
      } finally {
        if (TMPDIR === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = TMPDIR;
      }
    },
    async [Symbol.asyncDispose]() {
      await run("umount", ["-l", path]);
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** At once, so that nobody comes in between. */
function takeAll(filler: string): void {
  const file = openSync(filler, "w");
  try {
    for (let size = CHUNK.length; size > 0; ) {
      try {
        writeSync(file, CHUNK, 0, size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        size >>= 1;
      }
    }
  } finally {
    closeSync(file);
  }
}
