/** Reads the Markdown files of one content folder against a schema; every problem is kept with its line. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import type { Entry } from "./entry.ts";
import { readFrontMatter } from "./front-matter.ts";
import { explain, type FileProblem, problemsOf } from "./problems.ts";

export interface Read<T> {
  readonly entries: readonly Entry<T>[];
  /** Ids of all files, also of those with problems: a reference to them is not a second problem. */
  readonly found: ReadonlySet<string>;
  readonly problems: readonly FileProblem[];
}

export async function readFolder<T>(
  contentDir: string,
  folder: string,
  schema: z.ZodType<T>,
): Promise<Read<T>> {
  const names = await listing(contentDir, folder);
  if (names === null) return { entries: [], found: new Set(), problems: [folderMissing(folder)] };
  const files = names.filter((entry) => entry.isFile() && entry.name.endsWith(".md"));
  return readFiles(
    contentDir,
    files.map(({ name }) => ({ id: name.slice(0, -".md".length), file: `${folder}/${name}` })),
    schema,
  );
}

/** As `readFolder`, for a folder that a portal may do without. */
export async function readOptionalFolder<T>(
  contentDir: string,
  folder: string,
  schema: z.ZodType<T>,
): Promise<Read<T>> {
  const there = (await listing(contentDir, folder)) !== null;
  return there
    ? readFolder(contentDir, folder, schema)
    : { entries: [], found: new Set(), problems: [] };
}

/** What a folder holds, by name; null where it is not there. */
export async function listing(contentDir: string, folder: string) {
  try {
    const entries = await readdir(join(contentDir, folder), { withFileTypes: true });
    return entries
      .filter((entry) => !entry.name.startsWith("."))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return null;
  }
}

export function folderMissing(folder: string): FileProblem {
  return {
    file: `${folder}/`,
    line: null,
    path: [],
    aturan: "folder-tak-ada",
    pesan: "Folder ini tidak ada.",
    saran: "Buat folder ini.",
  };
}

export async function readFiles<T>(
  contentDir: string,
  files: readonly { readonly id: string; readonly file: string }[],
  schema: z.ZodType<T>,
): Promise<Read<T>> {
  const read = await Promise.all(
    files.map(async ({ id, file }): Promise<Entry<T> | FileProblem[]> => {
      const text = await readFile(join(contentDir, file), "utf8").catch(() => null);
      if (text === null) {
        return [
          {
            file,
            line: null,
            path: [],
            aturan: "berkas-tak-terbaca",
            pesan: "Berkas ini tidak terbaca.",
            saran: "Buat berkas ini.",
          },
        ];
      }
      const matter = readFrontMatter(text);
      if (!("data" in matter)) {
        return matter.map(({ line, pesan }) => ({
          file,
          line,
          path: [],
          aturan: "data-tak-terbaca",
          pesan,
          saran: null,
        }));
      }
      const parsed = schema.safeParse(matter.data, { error: explain });
      if (!parsed.success) return problemsOf(file, parsed.error, matter.lineOf);
      return { id, file, data: parsed.data, body: matter.body, lineOf: matter.lineOf };
    }),
  );
  return {
    entries: read.flatMap((one) => (Array.isArray(one) ? [] : [one])),
    found: new Set(files.map(({ id }) => id)),
    problems: read.flatMap((one) => (Array.isArray(one) ? one : [])),
  };
}
