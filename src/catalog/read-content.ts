/** Every file of `content/` against its schema and against the others; nothing is thrown, all is told. */
import { type AgencyData, AgencySchema } from "./agency-schema.ts";
import { crossCheck } from "./cross-check.ts";
import { type Guide, GuideSchema } from "./guide-schema.ts";
import { type HolidayYear, HolidayYearSchema } from "./holiday-schema.ts";
import { type LawData, LawSchema } from "./law-schema.ts";
import { type FileProblem, problemAt } from "./problems.ts";
import { type Read, readFolder } from "./read-files.ts";
import { readSops, type SopFolders } from "./read-sops.ts";
import { type Term, TermSchema } from "./term-schema.ts";

type OfFile = "id" | "body" | "file";

export interface Content {
  readonly sops: SopFolders;
  readonly agencies: Read<AgencyData>;
  readonly laws: Read<LawData>;
  readonly guides: Read<Omit<Guide, OfFile>>;
  readonly terms: Read<Omit<Term, OfFile>>;
  readonly holidays: Read<Omit<HolidayYear, "file">>;
  /** All of them, those of the files and those between them. */
  readonly problems: readonly FileProblem[];
}

export async function readContent(contentDir: string): Promise<Content> {
  const [sops, agencies, laws, guides, terms, holidays] = await Promise.all([
    readSops(contentDir),
    readFolder(contentDir, "instansi", AgencySchema),
    readFolder(contentDir, "dasar-hukum", LawSchema),
    readFolder(contentDir, "panduan", GuideSchema),
    readFolder(contentDir, "istilah", TermSchema),
    readFolder(contentDir, "libur", HolidayYearSchema),
  ]);
  const problems = [sops, agencies, laws, guides, terms, holidays].flatMap((read) => read.problems);
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
  return { sops, agencies, laws, guides, terms, holidays, problems };
}
