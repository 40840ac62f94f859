import { type Finding, finding } from "./finding.ts";
import { lintAgentWork } from "./lint-agent-work.ts";
import type { Sop } from "./schema.ts";

/** What must hold where requests run by an SOP; a procedure that is only published needs none of it. */
export function lintService(sop: Sop): Finding[] {
  if (sop.jenisPermohonan.length === 0) return [];
  const findings: Finding[] = [];
  if (sop.pemicu !== undefined) {
    findings.push(
      finding(
        "pemicu-dengan-permohonan",
        ["pemicu"],
        "Prosedur yang dimulai oleh permohonan tidak punya pemicu.",
        "Hapus pemicu, atau tulis jenisPermohonan: [].",
      ),
    );
  }
  sop.langkah.forEach((step, at) => {
    if (step.tindakan.length > 0 || isBareEnd(sop, at)) return;
    findings.push(
      finding(
        "langkah-tanpa-tindakan",
        ["langkah", at, "tindakan"],
        `Langkah ${step.no} tidak punya tindakan.`,
        "Tulis sedikitnya satu tindakan: siapa (oleh), apa (jenis), dan judulnya.",
      ),
    );
  });
  return [...findings, ...lintAgentWork(sop)];
}

/** A numbered "Mulai" or "Selesai": a row with a capsule and nothing to do. */
function isBareEnd(sop: Sop, at: number): boolean {
  const edge = at === 0 || at === sop.langkah.length - 1;
  return edge && sop.langkah[at]?.simbol === "terminator";
}
