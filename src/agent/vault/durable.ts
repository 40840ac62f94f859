import { type FileHandle, link, open, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Makes a directory's entries survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Writes a file that appears whole or not at all and never replaces one.
 * False where there is one already.
 */
export async function createFile(path: string, draftName: string, text: string): Promise<boolean> {
  const draft = join(dirname(path), draftName);
  try {
    const file = await open(draft, "wx", 0o600);
    await writeAndClose(file, text);
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  await syncDirectory(dirname(path));
  return true;
}

async function writeAndClose(file: FileHandle, text: string): Promise<void> {
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
