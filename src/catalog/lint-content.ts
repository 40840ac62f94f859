/** Judges a whole content folder as an editor would: mistakes, which stop the build, and advice. */
import { adviseSop } from "#domain/sop/advise.ts";
import type { Finding, Level } from "#domain/sop/finding.ts";
import { indexTitles } from "#domain/sop/lint-blocks.ts";
import { lintLaw } from "#domain/sop/lint-laws.ts";
import { lintReviews } from "#domain/sop/lint-reviews.ts";
import type { RuleId } from "#domain/sop/lint-rules.ts";
import type { Entry } from "./entry.ts";
import { type FileRuleId, reasonOf } from "./file-rules.ts";
import { trailOf } from "./problems.ts";
import { type Content, readContent } from "./read-content.ts";
import type { SopFiles } from "./read-sops.ts";

/** One place of one file. */
export interface Remark {
  readonly file: string;
  /** Null where the file is not there, or where lines were not asked for. */
  readonly line: number | null;
  /** "langkah ke-3 › waktu": positions count from one, as people do; "" for the whole file. */
  readonly trail: string;
  readonly aturan: FileRuleId | RuleId;
  readonly tingkat: Level;
  readonly pesan: string;
  readonly sebab: string;
  /** Null where `pesan` says already how to mend it. */
  readonly saran: string | null;
  /** The editor's note that already tells it; null where none does. */
  readonly diketahui: string | null;
}

export interface LintReport {
  /** In order of file, and in it mistakes before advice, by line. */
  readonly remarks: readonly Remark[];
  /** Slugs of all folders. */
  readonly slugs: ReadonlySet<string>;
  /** Files that an SOP lies in or names, by slug. */
  readonly filesOf: ReadonlyMap<string, ReadonlySet<string>>;
}

interface LintOptions {
  /** A local date, for the reviews that are due. */
  readonly today: string;
  /** Finding lines reads each file once more; a summary does without. */
  readonly lines?: boolean;
}

export async function lintContent(contentDir: string, options: LintOptions): Promise<LintReport> {
  return judge(await readContent(contentDir), options);
}

/** Judges content that was read already. */
export function judge(content: Content, { today, lines = true }: LintOptions): LintReport {
  const mistakes = content.problems.map(
    ({ file, line, path, aturan, pesan, saran }): Remark => ({
      file,
      line,
      trail: trailOf(path),
      aturan,
      tingkat: "galat",
      pesan,
      sebab: reasonOf(aturan),
      saran,
      diketahui: null,
    }),
  );
  const advice = adviceOn(content, today).map(({ entry, finding }): Remark => {
    const { path, ...rest } = finding;
    const line = lines ? entry.lineOf(path) : null;
    return { file: entry.file, line, trail: trailOf(path), ...rest };
  });
  return {
    remarks: [...mistakes, ...advice].sort(inOrder),
    slugs: content.sops.found,
    filesOf: filesOf(content),
  };
}

interface Advice {
  readonly entry: Entry<unknown>;
  readonly finding: Finding;
}

/** Older versions are history, and so are SOPs that ended: there is nothing to mend in them. */
function adviceOn({ sops, laws }: Content, today: string): Advice[] {
  const live = sops.entries.filter(
    ({ life }) => life.data.status === "berlaku" || life.data.status === "draf",
  );
  const currentOf = ({ versions }: SopFiles) => versions.slice(-1);
  const current = live.flatMap(currentOf);
  const surroundings = {
    laws: new Map(laws.entries.map(({ id, data }) => [id, data])),
    titles: indexTitles(
      sops.entries.flatMap(currentOf).map(({ id, data }) => [id, data.judul] as const),
    ),
  };
  const cited = new Set(
    current.flatMap(({ data }) => data.dasarHukum.map(({ rujukan }) => rujukan)),
  );
  const about = (entry: Entry<unknown>, findings: readonly Finding[]): Advice[] =>
    findings.map((finding) => ({ entry, finding }));
  return [
    ...current.flatMap((entry) => about(entry, adviseSop(entry.data, surroundings))),
    ...live.flatMap(({ life }) => about(life, lintReviews(life.data, today))),
    ...laws.entries
      .filter(({ id }) => cited.has(id))
      .flatMap((entry) => about(entry, lintLaw(entry.data))),
  ];
}

function filesOf({ sops }: Content): Map<string, Set<string>> {
  const files = new Map([...sops.found].map((slug) => [slug, new Set<string>()]));
  for (const { id, data } of sops.readable) {
    const own = files.get(id);
    own?.add(`instansi/${data.instansi}.md`);
    for (const { rujukan } of data.dasarHukum) own?.add(`dasar-hukum/${rujukan}.md`);
  }
  return files;
}

/** SOPs before what they refer to. */
function inOrder(a: Remark, b: Remark): number {
  const ofSop = Number(b.file.startsWith("sop/")) - Number(a.file.startsWith("sop/"));
  if (ofSop !== 0) return ofSop;
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (a.tingkat !== b.tingkat) return a.tingkat === "galat" ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0);
}
