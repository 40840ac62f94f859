import { type Finding, finding } from "./finding.ts";
import type { Sop, SopStep } from "./schema.ts";

/** Steps are numbered 1..n, decisions have two exits, every step is reached and can come to the end. */
export function lintFlow(sop: Sop): Finding[] {
  const findings: Finding[] = [];
  sop.langkah.forEach((step, at) => {
    if (step.no !== at + 1) {
      findings.push(
        finding(
          "nomor-langkah-urut",
          ["langkah", at, "no"],
          "Nomor langkah harus urut.",
          `Tulis ${at + 1}, bukan ${step.no}.`,
        ),
      );
    }
    findings.push(...lintExits(sop, step, at));
  });
  // Numbers and exits are how the walk finds its way: without them it would only repeat the findings.
  return findings.length > 0 ? findings : lintReach(sop);
}

function lintExits(sop: Sop, step: SopStep, at: number): Finding[] {
  const path = ["langkah", at, "cabang"];
  const labels = new Set(step.cabang.map((branch) => branch.label));
  if (step.simbol !== "keputusan") {
    if (step.cabang.length === 0) return [];
    const saran = 'Hapus cabang, atau tulis simbol "keputusan".';
    return [finding("cabang-tanpa-keputusan", path, "Hanya keputusan yang bercabang.", saran)];
  }
  if (step.cabang.length !== 2 || labels.size !== 2) {
    const pesan = "Keputusan harus punya tepat dua cabang.";
    return [finding("keputusan-dua-cabang", path, pesan, 'Tulis satu "Ya" dan satu "Tidak".')];
  }
  return step.cabang.flatMap(({ ke }, branchAt) =>
    sop.langkah.some((other) => other.no === ke)
      ? []
      : [
          finding(
            "cabang-tak-dikenal",
            [...path, branchAt, "ke"],
            `Langkah ${ke} tidak ada.`,
            `Tulis nomor langkah 1 sampai ${sop.langkah.length}.`,
          ),
        ],
  );
}

function lintReach(sop: Sop): Finding[] {
  const count = sop.langkah.length;
  const after = sop.langkah.map((step, at) =>
    step.cabang.length > 0
      ? step.cabang.map((branch) => branch.ke - 1)
      : at + 1 < count
        ? [at + 1]
        : [],
  );
  const before = after.map((_, at) =>
    after.flatMap((targets, from) => (targets.includes(at) ? [from] : [])),
  );
  const reached = spread([0], after);
  const ends = after.flatMap((targets, at) => (targets.length === 0 ? [at] : []));
  const ending = spread(ends, before);
  return sop.langkah.flatMap(({ no }, at) => {
    const path = ["langkah", at];
    if (!reached.has(at)) {
      const saran = `Arahkan sebuah cabang ke ${no}, atau hapus langkah ini.`;
      return [finding("langkah-tak-tercapai", path, `Langkah ${no} tidak pernah dicapai.`, saran)];
    }
    if (ending.has(at)) return [];
    const pesan = `Dari langkah ${no} prosedur tidak pernah selesai.`;
    const saran = "Arahkan cabangnya sampai ke langkah terakhir yang tidak bercabang.";
    return [finding("langkah-tanpa-akhir", path, pesan, saran)];
  });
}

function spread(from: readonly number[], edges: readonly (readonly number[])[]): Set<number> {
  const seen = new Set(from);
  for (const at of seen) for (const next of edges[at] ?? []) seen.add(next);
  return seen;
}
