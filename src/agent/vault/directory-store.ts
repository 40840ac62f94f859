import { randomBytes } from "node:crypto";
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  unlink,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ErrorCode } from "#domain/errors.ts";
import { createFile, syncDirectory } from "./durable.ts";
import { freeBytesAt } from "./free-bytes.ts";
import { objectError } from "./object-failure.ts";
import { release } from "./object-format.ts";
import type { ObjectDraft, ObjectSource, ObjectStore, StoredName } from "./object-store.ts";

/** A part nobody has written to for so long was left by a killed agent. */
const ABANDONED_AFTER_MS = 60 * 60_000;
const FOLDERS = ["objects", "manifests"];

/** A directory of the agent's own machine. An object is `<name>.part` until it is whole and synced. */
export function directoryStore(root: string): ObjectStore {
  return {
    prepare: () =>
      guarded("prepare", "VAULT_UNREACHABLE", async () => {
        for (const folder of FOLDERS) {
          await mkdir(join(root, folder), { recursive: true, mode: 0o700 });
        }
        await removeAbandoned(join(root, "objects"));
      }),

    freeBytes: () => freeBytesAt(root),

    readText: (name) =>
      guarded("open", "VAULT_UNREACHABLE", () => readFile(join(root, name), "utf8").catch(absent)),

    createText: (name, text) =>
      guarded("create", "VAULT_WRITE_FAILED", () =>
        createFile(join(root, name), `.draft-${randomBytes(8).toString("hex")}`, text),
      ),

    create: async (name) => {
      const path = join(root, name);
      const file = await guarded("create", "VAULT_WRITE_FAILED", () =>
        open(`${path}.part`, "wx", 0o600),
      );
      return draftOf(file, path);
    },

    open: async (name) => {
      const file = await guarded("open", "VAULT_UNREACHABLE", () =>
        open(join(root, name), "r").catch(absent),
      );
      return file && sourceOf(file);
    },

    list: async function* (folder) {
      const names = await guarded("list", "VAULT_UNREACHABLE", () => readdir(join(root, folder)));
      for (const name of names) {
        if (name.startsWith(".") || name.endsWith(".part")) continue;
        // Null: removed since the names were read.
        const found = await guarded("list", "VAULT_UNREACHABLE", () =>
          stat(join(root, folder, name)).catch(absent),
        );
        if (found?.isFile()) yield storedName(name, found);
      }
    },

    remove: (name) =>
      guarded("remove", "VAULT_DELETE_REFUSED", async () => {
        const path = join(root, name);
        await unlink(path).catch(absent);
        await syncDirectory(dirname(path));
      }),
  };
}

function draftOf(file: FileHandle, path: string): ObjectDraft {
  const part = `${path}.part`;
  return {
    write: (block) =>
      guarded("write", "VAULT_WRITE_FAILED", async () => {
        await writeAll(file, block);
        release(block);
      }),
    keep: () =>
      guarded("commit", "VAULT_WRITE_FAILED", async () => {
        await file.sync();
        await file.close();
        await rename(part, path);
        await syncDirectory(dirname(path));
      }),
    discard: async () => {
      await file.close().catch(() => undefined);
      for (const trace of [part, path]) await unlink(trace).catch(() => undefined);
    },
  };
}

async function sourceOf(file: FileHandle): Promise<ObjectSource> {
  const { size } = await guarded("open", "VAULT_UNREACHABLE", () => file.stat());
  return {
    bytes: size,
    read: (into, position) =>
      guarded("read", "VAULT_UNREACHABLE", () => readExactly(file, into, position)),
    close: () => file.close(),
  };
}

function storedName(
  name: string,
  found: { readonly size: number; readonly mtime: Date },
): StoredName {
  return { name, bytes: found.size, storedAt: found.mtime.toISOString() };
}

async function writeAll(file: FileHandle, block: Buffer): Promise<void> {
  let offset = 0;
  while (offset < block.length) {
    offset += (await file.write(block, offset)).bytesWritten;
  }
}

async function readExactly(file: FileHandle, into: Buffer, position: number): Promise<Buffer> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return into.subarray(0, filled);
}

async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith(".part")) continue;
    const path = join(directory, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > ABANDONED_AFTER_MS) await unlink(path);
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

async function guarded<T>(
  action: string,
  otherwise: ErrorCode,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw objectError(action, error, otherwise);
  }
}
