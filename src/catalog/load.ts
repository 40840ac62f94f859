/**
 * Reads `content/` whole: one loader for the pages and the functions. Either everything holds
 * together, or one CONTENT_INVALID names every place to mend.
 */
import { invariant } from "#domain/errors.ts";
import type { LifeCycle } from "#domain/sop/life-cycle.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";
import { type Agency, calendarOf } from "./agency-schema.ts";
import type { Entry } from "./entry.ts";
import type { Guide } from "./guide-schema.ts";
import type { HolidayYear } from "./holiday-schema.ts";
import type { Law } from "./law-schema.ts";
import type { ExcludedInformation, PublicInformation } from "./ppid-schema.ts";
import { contentInvalid, type FileProblem } from "./problems.ts";
import { readContent } from "./read-content.ts";
import type { SopFiles } from "./read-sops.ts";
import type { Service } from "./service-schema.ts";
import type { Term } from "./term-schema.ts";

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
  /** What agencies decided about a service, by the slug of its SOP. */
  readonly services: ReadonlyMap<string, Service>;
  /** Rows of the Daftar Informasi Publik that follow from no other content. */
  readonly listed: ReadonlyMap<string, PublicInformation>;
  /** What is held back from the public, or proposed to be. */
  readonly excluded: ReadonlyMap<string, ExcludedInformation>;
  /** By year. */
  readonly holidays: ReadonlyMap<number, HolidayYear>;
}

/** `requiredYears`: years whose days off must be there, e.g. this one and the next. */
export async function loadCatalog(
  contentDir: string,
  options: { readonly requiredYears?: readonly number[] } = {},
): Promise<Catalog> {
  const content = await readContent(contentDir);
  const { sops, agencies, laws, guides, terms, holidays, services, listed, excluded } = content;
  const problems = [
    ...content.problems,
    ...(options.requiredYears ?? [])
      .filter((year) => !holidays.found.has(String(year)))
      .map(
        (year): FileProblem => ({
          file: `libur/${year}.md`,
          line: null,
          path: [],
          aturan: "libur-tak-ada",
          pesan: `Hari libur ${year} belum ada.`,
          saran: "Buat berkas ini dari keputusan bersama tiga menteri.",
        }),
      ),
  ];
  if (problems.length > 0) throw contentInvalid(problems);

  const daysOff = new Set(
    holidays.entries.flatMap(({ data }) => data.hari.map((day) => day.tanggal)),
  );
  return {
    sops: new Map(await Promise.all(sops.entries.map(sealedSop))),
    agencies: new Map(
      agencies.entries.map((entry) => [
        entry.id,
        { ...plain(entry), calendar: calendarOf(entry.data, daysOff) },
      ]),
    ),
    laws: new Map(laws.entries.map((entry) => [entry.id, plain(entry)])),
    guides: new Map(guides.entries.map((entry) => [entry.id, plain(entry)])),
    terms: new Map(terms.entries.map((entry) => [entry.id, plain(entry)])),
    services: new Map(services.entries.map((entry) => [entry.id, plain(entry)])),
    listed: new Map(listed.entries.map(({ id, data }) => [id, data])),
    excluded: new Map(excluded.entries.map(({ id, data }) => [id, data])),
    holidays: new Map(holidays.entries.map(({ data, file }) => [data.tahun, { ...data, file }])),
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
