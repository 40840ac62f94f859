import type { Remark } from "#catalog/lint-content.ts";

export interface LintCounts {
  readonly errors: number;
  /** Without those that are known. */
  readonly warnings: number;
  /** Warnings that an editor's note already tells. */
  readonly known: number;
}

export function countOf(remarks: readonly Remark[]): LintCounts {
  const warnings = remarks.filter(({ tingkat }) => tingkat === "peringatan");
  const known = warnings.filter(({ diketahui }) => diketahui !== null).length;
  return {
    errors: remarks.length - warnings.length,
    warnings: warnings.length - known,
    known,
  };
}

/** The report as people read it: by file, in it by rule, each reason told once. */
export function lintText(remarks: readonly Remark[], counts: LintCounts): string {
  const files = Map.groupBy(remarks, ({ file }) => file);
  const blocks = [...files].map(([file, own]) => {
    const rules = Map.groupBy(own, (one) => `${kindOf(one)} ${one.aturan}`);
    return [file, ...[...rules].map(([title, same]) => ruleText(title, same))].join("\n\n");
  });
  return [...blocks, summary(counts)].join("\n\n");
}

function ruleText(title: string, remarks: readonly Remark[]): string {
  const hints = new Set(remarks.map(({ saran }) => saran));
  const [shared] = hints.size === 1 ? hints : [null];
  const lines = remarks.flatMap(({ line, trail, pesan, saran, diketahui }) => [
    [
      "   ",
      line === null ? null : `baris ${line}`,
      trail === "" ? null : `${trail}:`,
      pesan,
      saran === shared ? null : saran,
    ]
      .filter((part) => part !== null)
      .join(" "),
    ...(diketahui === null ? [] : [`      Catatan penyunting: ${diketahui}`]),
  ]);
  return [
    `  ${title}`,
    `    ${remarks[0]?.sebab ?? ""}`,
    ...lines,
    ...(shared === null || title.startsWith("diketahui") ? [] : [`    Saran: ${shared}`]),
  ].join("\n");
}

function kindOf({ tingkat, diketahui }: Remark): string {
  return diketahui === null ? tingkat : "diketahui";
}

function summary({ errors, warnings, known }: LintCounts): string {
  const noted = known === 0 ? "" : `, ${known} sudah diketahui (ada catatan penyunting)`;
  const next =
    errors > 0
      ? " Portal tidak dapat dibangun sebelum galat diperbaiki."
      : warnings > 0
        ? " Peringatan tidak menghalangi penerbitan."
        : "";
  return `${errors} galat, ${warnings} peringatan${noted}.${next}`;
}
