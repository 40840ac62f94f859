/**
 * Reads `content/` whole: one loader for the pages and the functions. Either everything holds
 * together, or one CONTENT_INVALID names every place to mend.
 */
import { invariant } from "#domain/errors.ts";
import type { LifeCycle } from "#domain/sop/life-cycle.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";
import { type Agency, AgencySchema, calendarOf } from "./agency-schema.ts";
import { crossCheck } from "./cross-check.ts";
import type { Entry } from "./entry.ts";
import { type Guide, GuideSchema } from "./guide-schema.ts";
import { type HolidayYear, HolidayYearSchema } from "./holiday-schema.ts";
import { type Law, LawSchema } from "./law-schema.ts";
import { contentInvalid } from "./problems.ts";
import { readFolder } from "./read-files.ts";
import { readSops, type SopFiles } from "./read-sops.ts";
import { type Term, TermSchema } from "./term-schema.ts";

/** One version of an SOP. */
export interface CatalogVersion {
  readonly sop: Sop;
  /** SHA-256 of `bytes`: the version's identity; a request pins it. */
  readonly digest: string;
  /** Canonical JSON of the SOP. */
  readonly bytes: string;
  /** Relative to the content folder. */
  readonly file: string;
}

/** An SOP by its current version, with its life and all its versions. */
export interface CatalogSop extends CatalogVersion {
  readonly life: LifeCycle;
  /** Oldest first; the last one is the current one. */
  readonly versions: readonly CatalogVersion[];
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
  const [sops, agencyFiles, lawFiles, guideFiles, termFiles, holidayFiles] = await Promise.all([
    readSops(contentDir),
    readFolder(contentDir, "instansi", AgencySchema),
    readFolder(contentDir, "dasar-hukum", LawSchema),
    readFolder(contentDir, "panduan", GuideSchema),
    readFolder(contentDir, "istilah", TermSchema),
    readFolder(contentDir, "libur", HolidayYearSchema),
  ]);
  const problems = [sops, agencyFiles, lawFiles, guideFiles, termFiles, holidayFiles].flatMap(
    (read) => read.problems,
  );
  const problem = (entry: Entry<unknown>, path: readonly PropertyKey[], pesan: string) =>
    problems.push({ file: entry.file, line: entry.lineOf(path), path, pesan });

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
      sops: sops.entries.flatMap(({ versions }) => versions),
      lives: sops.entries.map(({ life }) => life),
      slugs: sops.found,
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
    sops: new Map(await Promise.all(sops.entries.map(sealedSop))),
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

async function sealedSop({ id, life, versions }: SopFiles): Promise<[string, CatalogSop]> {
  const sealed = await Promise.all(versions.map(sealedVersion));
  const current = sealed.at(-1);
  invariant(current, `${id} has no version`);
  return [id, { ...current, life: life.data, versions: sealed }];
}

async function sealedVersion({ data: sop, file }: Entry<Sop>): Promise<CatalogVersion> {
  const bytes = canonicalJson(sop);
  return { sop, digest: await sha256Hex(bytes), bytes, file };
}

function plain<T extends object>({ id, data, body, file }: Entry<T>) {
  return { ...data, id, body, file };
}
