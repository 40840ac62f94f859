/** Every file of `content/` against its schema and against the others; nothing is thrown, all is told. */
import { type AgencyData, AgencySchema } from "./agency-schema.ts";
import { crossCheck } from "./cross-check.ts";
import type { Entry } from "./entry.ts";
import { type Guide, GuideSchema } from "./guide-schema.ts";
import { type HolidayYear, HolidayYearSchema } from "./holiday-schema.ts";
import { type LawData, LawSchema } from "./law-schema.ts";
import { checkPpid } from "./ppid-check.ts";
import {
  type ExcludedInformation,
  ExcludedInformationSchema,
  type PublicInformation,
  PublicInformationSchema,
} from "./ppid-schema.ts";
import { type FileProblem, problemAt } from "./problems.ts";
import { type Read, readFolder, readOptionalFolder } from "./read-files.ts";
import { readSops, type SopFolders } from "./read-sops.ts";
import { type ServiceData, ServiceSchema } from "./service-schema.ts";
import { type Term, TermSchema } from "./term-schema.ts";

type OfFile = "id" | "body" | "file";

export interface Content {
  readonly sops: SopFolders;
  readonly agencies: Read<AgencyData>;
  readonly laws: Read<LawData>;
  readonly guides: Read<Omit<Guide, OfFile>>;
  readonly terms: Read<Omit<Term, OfFile>>;
  readonly holidays: Read<Omit<HolidayYear, "file">>;
  readonly services: Read<ServiceData>;
  readonly listed: Read<PublicInformation>;
  readonly excluded: Read<ExcludedInformation>;
  /** All of them, those of the files and those between them. */
  readonly problems: readonly FileProblem[];
}

export async function readContent(contentDir: string): Promise<Content> {
  const [sops, agencies, laws, guides, terms, holidays, services, listed, excluded] =
    await Promise.all([
      readSops(contentDir),
      readFolder(contentDir, "instansi", AgencySchema),
      readFolder(contentDir, "dasar-hukum", LawSchema),
      readFolder(contentDir, "panduan", GuideSchema),
      readFolder(contentDir, "istilah", TermSchema),
      readFolder(contentDir, "libur", HolidayYearSchema),
      readOptionalFolder(contentDir, "layanan", ServiceSchema),
      readOptionalFolder(contentDir, "ppid/dip", PublicInformationSchema),
      readOptionalFolder(contentDir, "ppid/dikecualikan", ExcludedInformationSchema),
    ]);
  const problems = [
    sops,
    agencies,
    laws,
    guides,
    terms,
    holidays,
    services,
    listed,
    excluded,
  ].flatMap((read) => read.problems);
  // Without a folder every reference into it would be a problem of its own.
  if (!problems.some((problem) => problem.aturan === "folder-tak-ada")) {
    problems.push(
      ...crossCheck({
        sops: sops.entries.flatMap(({ versions }) => versions),
        lives: sops.entries.map(({ life }) => life),
        slugs: sops.found,
        agencies: agencies.entries,
        laws: laws.entries,
        agencyIds: agencies.found,
        lawIds: laws.found,
      }),
      ...checkPpid({
        listed: listed.entries,
        excluded: excluded.entries,
        agencyIds: agencies.found,
        lawIds: laws.found,
      }),
      ...checkServices(services.entries, sops.found),
    );
  }
  for (const entry of holidays.entries) {
    if (String(entry.data.tahun) === entry.id) continue;
    const pesan = "Tahun harus sama dengan nama berkas.";
    const saran = `Tulis ${entry.id}.`;
    problems.push(
      problemAt(entry, { path: ["tahun"], aturan: "tahun-bukan-berkas", pesan, saran }),
    );
  }
  return { sops, agencies, laws, guides, terms, holidays, services, listed, excluded, problems };
}

/** What an agency decided about a service is filed under the SOP of that service. */
function checkServices(
  services: readonly Entry<ServiceData>[],
  slugs: ReadonlySet<string>,
): FileProblem[] {
  return services
    .filter(({ id }) => !slugs.has(id))
    .map((entry) => {
      const pesan = `SOP "${entry.id}" tidak ada di portal ini.`;
      const saran = `Namai berkas ini menurut salah satu dari: ${[...slugs].join(", ")}.`;
      return problemAt(entry, { path: [], aturan: "sop-tak-ada", pesan, saran });
    });
}
