/**
 * Reads `content/` whole: one loader for the pages and the functions. Either everything holds
 * together, or one CONTENT_INVALID names every place to mend.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { lintSop } from "#domain/sop/lint.ts";
import { type Sop, SopSchema } from "#domain/sop/schema.ts";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";
import { type Agency, AgencySchema, calendarOf } from "./agency-schema.ts";
import { crossCheck } from "./cross-check.ts";
import type { Entry } from "./entry.ts";
import { readFrontMatter } from "./front-matter.ts";
import { type Guide, GuideSchema } from "./guide-schema.ts";
import { type HolidayYear, HolidayYearSchema } from "./holiday-schema.ts";
import { type Law, LawSchema } from "./law-schema.ts";
import { explain, type FileProblem, fieldProblem, problemsOf } from "./problems.ts";
import { type Term, TermSchema } from "./term-schema.ts";

export interface CatalogSop {
  readonly sop: Sop;
  /** SHA-256 of `bytes`; a request pins it. */
  readonly digest: string;
  /** Canonical JSON of the SOP. */
  readonly bytes: string;
  /** Relative to the content folder. */
  readonly file: string;
}

/** All maps are in order of their ids. */
export interface Catalog {
  readonly sops: ReadonlyMap<string, CatalogSop>;
  readonly agencies: ReadonlyMap<string, Agency>;
  readonly laws: ReadonlyMap<string, Law>;
  readonly guides: ReadonlyMap<string, Guide>;
  readonly terms: ReadonlyMap<string, Term>;
  /** By year. */
  readonly holidays: ReadonlyMap<number, HolidayYear>;
}

/** `requiredYears`: years whose days off must be there, e.g. this one and the next. */
export async function loadCatalog(
  contentDir: string,
  options: { readonly requiredYears?: readonly number[] } = {},
): Promise<Catalog> {
  const [sopFiles, agencyFiles, lawFiles, guideFiles, termFiles, holidayFiles] = await Promise.all([
    readSopFolders(contentDir, "sop"),
    readFolder(contentDir, "instansi", AgencySchema),
    readFolder(contentDir, "dasar-hukum", LawSchema),
    readFolder(contentDir, "panduan", GuideSchema),
    readFolder(contentDir, "istilah", TermSchema),
    readFolder(contentDir, "libur", HolidayYearSchema),
  ]);
  const problems = [sopFiles, agencyFiles, lawFiles, guideFiles, termFiles, holidayFiles].flatMap(
    (read) => read.problems,
  );
  const problem = (entry: Entry<unknown>, path: readonly PropertyKey[], pesan: string) =>
    problems.push({ file: entry.file, line: entry.lineOf(path), path, pesan });

  for (const entry of sopFiles.entries) {
    for (const { path, pesan } of lintSop(entry.data)) problem(entry, path, pesan);
    if (entry.data.slug !== entry.id) {
      problem(entry, ["slug"], `Slug harus sama dengan nama folder. Tulis ${entry.id}.`);
    }
    if (entry.body !== "") {
      problem(
        entry,
        [],
        "SOP hanya berisi data. Pindahkan teks sesudah --- ke bagiannya, atau hapus.",
      );
    }
  }
  for (const entry of holidayFiles.entries) {
    if (String(entry.data.tahun) !== entry.id) {
      problem(entry, ["tahun"], `Tahun harus sama dengan nama berkas. Tulis ${entry.id}.`);
    }
  }
  for (const year of options.requiredYears ?? []) {
    if (holidayFiles.found.has(String(year))) continue;
    const pesan = `Hari libur ${year} belum ada. Buat berkas ini dari keputusan bersama tiga menteri.`;
    problems.push({ file: `libur/${year}.md`, line: null, path: [], pesan });
  }
  problems.push(
    ...crossCheck({
      sops: sopFiles.entries,
      agencies: agencyFiles.entries,
      laws: lawFiles.entries,
      agencyIds: agencyFiles.found,
      lawIds: lawFiles.found,
    }),
  );
  if (problems.length > 0) throw contentInvalid(problems);

  const daysOff = new Set(
    holidayFiles.entries.flatMap(({ data }) => data.hari.map((day) => day.tanggal)),
  );
  return {
    sops: new Map(await Promise.all(sopFiles.entries.map(sealed))),
    agencies: new Map(
      agencyFiles.entries.map((entry) => [
        entry.id,
        { ...plain(entry), calendar: calendarOf(entry.data, daysOff) },
      ]),
    ),
    laws: new Map(lawFiles.entries.map((entry) => [entry.id, plain(entry)])),
    guides: new Map(guideFiles.entries.map((entry) => [entry.id, plain(entry)])),
    terms: new Map(termFiles.entries.map((entry) => [entry.id, plain(entry)])),
    holidays: new Map(
      holidayFiles.entries.map(({ data, file }) => [data.tahun, { ...data, file }]),
    ),
  };
}

interface Read<T> {
  readonly entries: readonly Entry<T>[];
  /** Ids of all files, also of those with problems: a reference to them is not a second problem. */
  readonly found: ReadonlySet<string>;
  readonly problems: readonly FileProblem[];
}

async function sealed({ data: sop, file }: Entry<Sop>): Promise<[string, CatalogSop]> {
  const bytes = canonicalJson(sop);
  return [sop.slug, { sop, digest: await sha256Hex(bytes), bytes, file }];
}

function plain<T extends object>({ id, data, body, file }: Entry<T>) {
  return { ...data, id, body, file };
}

async function readFolder<T>(
  contentDir: string,
  folder: string,
  schema: z.ZodType<T>,
): Promise<Read<T>> {
  const names = await listing(contentDir, folder);
  const files = names.filter((entry) => entry.isFile() && entry.name.endsWith(".md"));
  return readFiles(
    contentDir,
    files.map(({ name }) => ({ id: name.slice(0, -".md".length), file: `${folder}/${name}` })),
    schema,
  );
}

async function readSopFolders(contentDir: string, folder: string): Promise<Read<Sop>> {
  const names = await listing(contentDir, folder);
  const folders = names.filter((entry) => entry.isDirectory());
  return readFiles(
    contentDir,
    folders.map(({ name }) => ({ id: name, file: `${folder}/${name}/sop.md` })),
    SopSchema,
  );
}

async function listing(contentDir: string, folder: string) {
  try {
    const entries = await readdir(join(contentDir, folder), { withFileTypes: true });
    return entries
      .filter((entry) => !entry.name.startsWith("."))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const problem = {
      file: `${folder}/`,
      line: null,
      path: [],
      pesan: "Folder ini tidak ada. Buat folder ini.",
    };
    throw contentInvalid([problem], cause);
  }
}

async function readFiles<T>(
  contentDir: string,
  files: readonly { readonly id: string; readonly file: string }[],
  schema: z.ZodType<T>,
): Promise<Read<T>> {
  const read = await Promise.all(
    files.map(async ({ id, file }): Promise<Entry<T> | FileProblem[]> => {
      const text = await readFile(join(contentDir, file), "utf8").catch(() => null);
      if (text === null) {
        return [
          { file, line: null, path: [], pesan: "Berkas ini tidak terbaca. Buat berkas ini." },
        ];
      }
      const matter = readFrontMatter(text);
      if (!("data" in matter)) return matter.map((one) => ({ file, path: [], ...one }));
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

function contentInvalid(problems: readonly FileProblem[], cause?: unknown): AppError {
  const fields = problems.map(fieldProblem);
  const lines = fields.map(({ field, pesan }) => `${field}: ${pesan}`);
  return new AppError("CONTENT_INVALID", lines.join("\n"), { problems: fields, cause });
}
