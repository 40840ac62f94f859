import { copyFile, link, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { invariant } from "#domain/errors.ts";
import type { BuildStep } from "./steps.ts";

const OF_A_VERSION = /^(?:index\.html|sop\.(?:json|csv|bpmn|pdf))(?:\.(?:br|gz))?$/;
/** Threads that Node gives the file system. */
const AT_ONCE = 4;

/**
 * Lays the current version's page and files under its number too, so that the address of a version
 * holds on any static host when a newer one takes its place. Runs last: what is compressed already is
 * copied, not compressed anew.
 */
export const versionCopies: BuildStep = {
  name: "version copies",
  async run({ client }) {
    const folders = (await readdir(join(client, "sop"), { withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(client, "sop", name));
    const queue = folders.values();
    let files = 0;
    const drain = async () => {
      for (const folder of queue) {
        const copied = await copyVersion(folder);
        files += copied;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, drain));
    return `${files} files`;
  },
};

async function copyVersion(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => OF_A_VERSION.test(name));
  const twin = names.includes("sop.json") ? await readFile(join(folder, "sop.json"), "utf8") : "";
  // Folders of other pages under /sop/ have no twin.
  if (twin === "") return 0;
  const { versi } = JSON.parse(twin) as { readonly versi?: unknown };
  invariant(Number.isInteger(versi), `${folder}/sop.json names no version`);
  const target = join(folder, "versi", String(versi));
  await mkdir(target, { recursive: true });
  // The last version of a withdrawn SOP has a page of its own; the SOP's page only says it is gone.
  const own = new Set(await readdir(target));
  const copied = names.filter((name) => !own.has(name));
  await Promise.all(copied.map((name) => sameFile(join(folder, name), join(target, name))));
  return copied.length;
}

/** A second name for the same bytes takes no room; not every file system has such names. */
async function sameFile(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}
