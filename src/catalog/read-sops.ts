import { type LifeCycle, LifeCycleSchema } from "#domain/sop/life-cycle.ts";
import { lintSop } from "#domain/sop/lint.ts";
import { type Sop, SopSchema } from "#domain/sop/schema.ts";
import type { Entry } from "./entry.ts";
import { type FileProblem, problemAt } from "./problems.ts";
import { folderMissing, listing, readFiles } from "./read-files.ts";

/** A folder of `content/sop`: riwayat.md, sop.md (the current version), versi-<n>.md (older ones). */
export interface SopFiles {
  readonly id: string;
  readonly life: Entry<LifeCycle>;
  /** Oldest first; the last one is the current one. */
  readonly versions: readonly Entry<Sop>[];
}

export interface SopFolders {
  readonly entries: readonly SopFiles[];
  /** Every version that fits its schema, also of folders with problems elsewhere. */
  readonly readable: readonly Entry<Sop>[];
  /** Slugs of all folders, also of those with problems. */
  readonly found: ReadonlySet<string>;
  readonly problems: readonly FileProblem[];
}

const OLDER = /^versi-(\d+)\.md$/;

export async function readSops(contentDir: string): Promise<SopFolders> {
  const folders = await listing(contentDir, "sop");
  if (folders === null) {
    return { entries: [], readable: [], found: new Set(), problems: [folderMissing("sop")] };
  }
  const slugs = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const older = (
    await Promise.all(
      slugs.map(async (slug) =>
        ((await listing(contentDir, `sop/${slug}`)) ?? [])
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
  const readable = [...before.entries, ...current.entries];
  const versions = Map.groupBy(readable, ({ id }) => id);
  const problems = [lives, current, before].flatMap((read) => read.problems);
  for (const entry of readable) problems.push(...judge(entry));
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
  return { entries, readable, found: new Set(slugs), problems };
}

/** What one version's file must be on its own. */
function judge(entry: Entry<Sop>): FileProblem[] {
  const number = OLDER.exec(entry.file.split("/")[2] ?? "")?.[1];
  const problems = lintSop(entry.data).map((finding) => problemAt(entry, finding));
  if (entry.data.slug !== entry.id) {
    const pesan = "Slug harus sama dengan nama folder.";
    const saran = `Tulis ${entry.id}.`;
    problems.push(problemAt(entry, { path: ["slug"], aturan: "slug-bukan-folder", pesan, saran }));
  }
  if (number !== undefined && entry.data.versi !== Number(number)) {
    const pesan = "Versi harus sama dengan nama berkas.";
    const saran = `Tulis ${number}.`;
    problems.push(
      problemAt(entry, { path: ["versi"], aturan: "versi-bukan-berkas", pesan, saran }),
    );
  }
  if (entry.body !== "") {
    const pesan = "SOP hanya berisi data.";
    const saran = "Pindahkan teks sesudah --- ke bagiannya, atau hapus.";
    problems.push(problemAt(entry, { path: [], aturan: "teks-di-luar-data", pesan, saran }));
  }
  return problems;
}

/** The versions that lie there must be those that the life cycle names. */
function compare(life: Entry<LifeCycle>, versions: readonly Entry<Sop>[]): FileProblem[] {
  const file = (number: number, count: number): string =>
    number === count ? `sop/${life.id}/sop.md` : `sop/${life.id}/versi-${number}.md`;
  const count = life.data.versi.length;
  const path = ["versi"];
  const there = versions.map((entry) => entry.data.versi);
  return [
    ...life.data.versi.flatMap(({ versi }) =>
      there.filter((one) => one === versi).length === 1
        ? []
        : [
            problemAt(life, {
              path,
              aturan: "versi-tak-cocok",
              pesan: `Versi ${versi} harus ada tepat satu.`,
              saran: `Taruh di ${file(versi, count)}.`,
            }),
          ],
    ),
    ...versions
      .filter((entry) => entry.data.versi > count || entry.file !== file(entry.data.versi, count))
      .map((entry) =>
        problemAt(entry, {
          path,
          aturan: "versi-tak-cocok",
          pesan: `Versi ${entry.data.versi} tidak pada tempatnya menurut riwayat.md.`,
          saran: "Sesuaikan riwayat.md, versi, atau nama berkas ini.",
        }),
      ),
  ];
}
