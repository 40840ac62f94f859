import type { z } from "zod";
import { AppError, type FieldProblem } from "#domain/errors.ts";
import type { Finding } from "#domain/sop/finding.ts";
import type { RuleId } from "#domain/sop/lint-rules.ts";
import type { Entry } from "./entry.ts";
import type { FileRuleId } from "./file-rules.ts";
import type { FrontMatter } from "./front-matter.ts";

/** Something to mend in one content file. */
export interface FileProblem {
  readonly file: string;
  readonly line: number | null;
  readonly path: readonly PropertyKey[];
  readonly aturan: FileRuleId | RuleId;
  /** What is wrong; with `saran: null` also how to mend it. */
  readonly pesan: string;
  readonly saran: string | null;
}

/** A problem at a place of a file that fits its schema. */
export function problemAt(
  entry: Pick<Entry<unknown>, "file" | "lineOf">,
  { path, aturan, pesan, saran }: Omit<FileProblem, "file" | "line"> | Finding,
): FileProblem {
  return { file: entry.file, line: entry.lineOf(path), path, aturan, pesan, saran };
}

/** `sop/x/sop.md:57 langkah ke-3 › waktu › satuan`: positions count from one, as people do. */
export function fieldProblem({ file, line, path, pesan, saran }: FileProblem): FieldProblem {
  const place = line === null ? file : `${file}:${line}`;
  const trail = trailOf(path);
  return {
    field: trail === "" ? place : `${place} ${trail}`,
    pesan: saran === null ? pesan : `${pesan} ${saran}`,
  };
}

export function trailOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((before, key) => {
    if (typeof key === "number") return `${before} ke-${key + 1}`.trimStart();
    return before === "" ? String(key) : `${before} › ${String(key)}`;
  }, "");
}

/** Zod's issues as file problems; sentences a schema brings itself are kept, the others come from here. */
export function problemsOf(
  file: string,
  error: z.ZodError,
  lineOf: FrontMatter["lineOf"],
): FileProblem[] {
  const place = { file, lineOf };
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        return problemAt(place, {
          path,
          aturan: "kunci-tak-dikenal",
          pesan: `Kunci "${key}" tidak dikenal.`,
          saran: "Perbaiki ejaannya, atau hapus.",
        });
      });
    }
    const pesan = sentence(issue.message);
    return [problemAt(place, { path: issue.path, aturan: "bentuk-data", pesan, saran: null })];
  });
}

/** The error map to parse with: what was expected, in Indonesian. */
export function explain(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? `Wajib ada. Tulis ${expectedWords(issue.expected)}.`
        : `Bentuknya keliru. Tulis ${expectedWords(issue.expected)}.`;
    case "invalid_value":
      return issue.input === undefined
        ? `Wajib ada. Tulis salah satu dari: ${issue.values.map(String).join(", ")}.`
        : `Nilai ini tidak dikenal. Tulis salah satu dari: ${issue.values.map(String).join(", ")}.`;
    case "too_small":
      return issue.origin === "array"
        ? `Tulis sedikitnya ${issue.minimum} butir.`
        : `Terlalu kecil. Tulis ${issue.inclusive ? "sedikitnya" : "lebih dari"} ${issue.minimum}.`;
    case "too_big":
      return issue.origin === "array"
        ? `Tulis paling banyak ${issue.maximum} butir.`
        : `Terlalu besar. Tulis paling banyak ${issue.maximum}.`;
    case "invalid_format":
      return "Susunannya keliru. Tulis seperti contoh pada berkas lain di folder ini.";
    default:
      return "Isinya tidak dapat dipakai. Tulis seperti contoh pada berkas lain di folder ini.";
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "teks; apit dengan tanda kutip bila berupa angka",
  number: "angka",
  int: "bilangan bulat",
  boolean: "true atau false",
  array: "daftar: satu baris berawalan tanda hubung untuk tiap butir, atau [] bila kosong",
  tuple: 'pasangan dalam kurung siku, mis. ["07:30", "16:00"]',
  object: "kelompok kunci: nilai",
  null: "null",
};

function expectedWords(expected: string): string {
  return EXPECTED[expected] ?? "nilai yang sesuai";
}

/** Schema sentences begin in lower case because forms embed them; a file problem is a whole sentence. */
function sentence(message: string): string {
  const whole = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}

/** One error that names every place to mend. */
export function contentInvalid(problems: readonly FileProblem[], cause?: unknown): AppError {
  const fields = problems.map(fieldProblem);
  const lines = fields.map(({ field, pesan }) => `${field}: ${pesan}`);
  return new AppError("CONTENT_INVALID", lines.join("\n"), { problems: fields, cause });
}
