import { type LifeCycle, LifeCycleSchema } from "#domain/sop/life-cycle.ts";
import { lintSop } from "#domain/sop/lint.ts";
import { type Sop, SopSchema } from "#domain/sop/schema.ts";
import type { Entry } from "./entry.ts";
import type { FileProblem } from "./problems.ts";
import { listing, readFiles } from "./read-files.ts";

/** A folder of `content/sop`: riwayat.md, sop.md (the current version), versi-<n>.md (older ones). */
export interface SopFiles {
  readonly id: string;
  readonly life: Entry<LifeCycle>;
  /** Oldest first; the last one is the current one. */
  readonly versions: readonly Entry<Sop>[];
}

export interface SopFolders {
  readonly entries: readonly SopFiles[];
  /** Slugs of all folders, also of those with problems. */
  readonly found: ReadonlySet<string>;
  readonly problems: readonly FileProblem[];
}

const OLDER = /^versi-(\d+)\.md$/;

export async function readSops(contentDir: string): Promise<SopFolders> {
  const folders = (await listing(contentDir, "sop")).filter((entry) => entry.isDirectory());
  const slugs = folders.map(({ name }) => name);
  const older = (
    await Promise.all(
      slugs.map(async (slug) =>
        (
          await listing(contentDir, `sop/${slug}`)
        )
          .filter(({ name }) => OLDER.test(name))
          .map(({ name }) => ({ id: slug, file: `sop/${slug}/${name}` })),
      ),
    )
  ).flat();
  const file = (name: string) => slugs.map((slug) => ({ id: slug, file: `sop/${slug}/${name}` }));
  const [lives, current, before] = await Promise.all([
    readFiles(contentDir, file("riwayat.md"), LifeCycleSchema),
    readFiles(contentDir, file("sop.md"), SopSchema),
    readFiles(contentDir, older, SopSchema),
  ]);
  const versions = Map.groupBy([...before.entries, ...current.entries], ({ id }) => id);
  const problems = [lives, current, before].flatMap((read) => read.problems);
  for (const entry of [...before.entries, ...current.entries]) problems.push(...judge(entry));
  const broken = new Set(problems.map((problem) => problem.file.split("/")[1]));
  const entries: SopFiles[] = [];
  for (const life of lives.entries) {
    // What could not be read has its own problem; its place in the row of versions is not judged.
    if (broken.has(life.id)) continue;
    const own = versions.get(life.id) ?? [];
    own.sort((a, b) => a.data.versi - b.data.versi);
    const amiss = compare(life, own);
    problems.push(...amiss);
    if (amiss.length === 0) entries.push({ id: life.id, life, versions: own });
  }
  return { entries, found: new Set(slugs), problems };
}

/** What one version's file must be on its own. */
function judge(entry: Entry<Sop>): FileProblem[] {
  const problem = (path: readonly PropertyKey[], pesan: string): FileProblem => ({
    file: entry.file,
    line: entry.lineOf(path),
    path,
    pesan,
  });
  const number = OLDER.exec(entry.file.split("/")[2] ?? "")?.[1];
  return [
    ...lintSop(entry.data).map(({ path, pesan }) => problem(path, pesan)),
    ...(entry.data.slug === entry.id
      ? []
      : [problem(["slug"], `Slug harus sama dengan nama folder. Tulis ${entry.id}.`)]),
    ...(number === undefined || entry.data.versi === Number(number)
      ? []
      : [problem(["versi"], `Versi harus sama dengan nama berkas. Tulis ${number}.`)]),
    ...(entry.body === ""
      ? []
      : [
          problem(
            [],
            "SOP hanya berisi data. Pindahkan teks sesudah --- ke bagiannya, atau hapus.",
          ),
        ]),
  ];
}

/** The versions that lie there must be those that the life cycle names. */
function compare(life: Entry<LifeCycle>, versions: readonly Entry<Sop>[]): FileProblem[] {
  const file = (number: number, count: number): string =>
    number === count ? `sop/${life.id}/sop.md` : `sop/${life.id}/versi-${number}.md`;
  const count = life.data.versi.length;
  const path = ["versi"];
  const line = life.lineOf(path);
  const there = versions.map((entry) => entry.data.versi);
  return [
    ...life.data.versi.flatMap(({ versi }) =>
      there.filter((one) => one === versi).length === 1
        ? []
        : [
            {
              file: life.file,
              line,
              path,
              pesan: `Versi ${versi} harus ada tepat satu. Taruh di ${file(versi, count)}.`,
            },
          ],
    ),
    ...versions
      .filter((entry) => entry.data.versi > count || entry.file !== file(entry.data.versi, count))
      .map((entry) => ({
        file: entry.file,
        line: entry.lineOf(["versi"]),
        path: ["versi"],
        pesan: `Versi ${entry.data.versi} tidak pada tempatnya menurut riwayat.md. Sesuaikan riwayat.md, versi, atau nama berkas ini.`,
      })),
  ];
}
