import type { FieldProblem } from "../errors.ts";
import { daysAfter, type Holding, overlaps } from "./positions-on.ts";

/**
 * What stands against a holding beside the others of its position. A `tunggal` position has one
 * definitif holder at a time; Plt. and Plh. stand in beside an absent one.
 */
export function judgeHolding(
  holding: Holding,
  others: readonly Holding[],
  { tunggal }: { readonly tunggal: boolean },
): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (holding.until !== null && holding.until < daysAfter(holding.since, -1)) {
    problems.push({ field: "sampai", pesan: "Tulis tanggal sesudah tanggal sejak." });
  }
  const beside = others.filter(
    (other) =>
      other.agency === holding.agency &&
      other.jabatan === holding.jabatan &&
      overlaps(holding, other),
  );
  if (beside.some((other) => other.person === holding.person)) {
    problems.push({
      field: "sejak",
      pesan:
        "Orang ini sudah memegang jabatan ini pada tanggal itu. Akhiri atau betulkan yang ada.",
    });
  } else if (
    tunggal &&
    holding.capacity === "definitif" &&
    beside.some((other) => other.capacity === "definitif")
  ) {
    problems.push({
      field: "sejak",
      pesan:
        "Jabatan ini sudah dipegang pejabat definitif lain pada tanggal itu. Akhiri dulu jabatannya, atau tetapkan sebagai Plt. atau Plh.",
    });
  }
  return problems;
}
