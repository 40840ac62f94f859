import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Makes names in a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Two writers of one process at once must not share a draft. */
let drafts = 0;

/**
 * Puts a whole file in place or none, readable by its owner only. `exclusive` refuses (EEXIST) to
 * take the place of a file that is there.
 */
export async function writeDurably(
  path: string,
  text: string,
  options: { readonly exclusive?: boolean } = {},
): Promise<void> {
  drafts += 1;
  const draft = `${path}.${process.pid}-${drafts}.tmp`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    if (options.exclusive) await link(draft, path);
    else await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  await syncDirectory(dirname(path));
}
