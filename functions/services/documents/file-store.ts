import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#domain/errors.ts";

/** Bytes by their SHA-256, each file written once. */
export interface FileStore {
  put(bytes: Uint8Array): Promise<{ readonly sha256: string; readonly bytes: number }>;
  /** Throws INTERNAL where the bytes no longer fit their name. */
  get(sha256: string): Promise<Uint8Array<ArrayBuffer>>;
}

export async function openFileStore(directory: string): Promise<FileStore> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  let count = 0;
  return {
    async put(bytes) {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const path = join(directory, sha256);
      if (!(await stat(path).catch(() => null))) {
        count += 1;
        const part = `${path}.${process.pid}-${count}.part`;
        try {
          await using file = await open(part, "wx", 0o600);
          await file.writeFile(bytes);
          // The row that names the file is committed after this: it must not outlive the bytes.
          await file.sync();
          await rename(part, path);
        } catch (error) {
          await rm(part, { force: true });
          throw error;
        }
      }
      return { sha256, bytes: bytes.length };
    },
    async get(sha256) {
      const bytes = new Uint8Array(await readFile(join(directory, sha256)));
      if (createHash("sha256").update(bytes).digest("hex") !== sha256) {
        throw new AppError("INTERNAL", `file ${sha256} no longer has its digest`);
      }
      return bytes;
    },
  };
}
