import { type Finding, finding } from "./finding.ts";
import type { RuleId } from "./lint-rules.ts";
import { roleOf } from "./navigate.ts";
import type { Sop, SopAct } from "./schema.ts";

/**
 * The request opens the procedure, and the agent never works on what nobody chose or approved: before
 * each backup or restore an act freezes the job, and before the freeze an act chooses the targets.
 */
export function lintAgentWork(sop: Sop): Finding[] {
  const acts = sop.langkah.flatMap((step, stepAt) =>
    step.tindakan.map((act, actAt) => ({ act, path: ["langkah", stepAt, "tindakan", actAt] })),
  );
  const findings: Finding[] = [];
  const add = (aturan: RuleId, path: Finding["path"], pesan: string, saran: string) =>
    findings.push(finding(aturan, path, pesan, saran));
  let chosen = false;
  let frozen = false;
  const opening = acts[0];
  if (opening?.act.jenis !== "permohonan" || !isRequester(sop, opening.act)) {
    add(
      "permohonan-pembuka",
      opening?.path ?? ["langkah"],
      "Tindakan pertama harus permohonan oleh pemohon.",
      "Tulis jenis: permohonan dan oleh: peran pemohon.",
    );
  }
  acts.forEach(({ act, path }, at) => {
    if (at > 0 && act.jenis === "permohonan") {
      add(
        "permohonan-terulang",
        [...path, "jenis"],
        "Permohonan hanya boleh menjadi tindakan pertama.",
        "Tulis jenis lain.",
      );
    }
    chosen ||= act.memilihSasaran;
    if (act.tugasAgen === "cek-berkas" && !act.memilihSasaran) {
      add(
        "pengecekan-tanpa-sasaran",
        [...path, "memilihSasaran"],
        "Pengecekan berkas perlu sasaran.",
        "Tulis memilihSasaran: true.",
      );
    }
    if (act.tugasAgen === "sesuai-permohonan") {
      if (!act.memilihSasaran && !frozen) {
        add(
          "pekerjaan-belum-ditetapkan",
          [...path, "tugasAgen"],
          "Pekerjaan agen belum ditetapkan.",
          "Tulis membekukan: true pada sebuah tindakan sebelum ini.",
        );
      }
      // A frozen job runs once; a second one needs its own approval.
      frozen = false;
    }
    if (act.membekukan) {
      if (!chosen) {
        add(
          "pembekuan-tanpa-sasaran",
          [...path, "membekukan"],
          "Belum ada sasaran yang dipilih.",
          "Tulis memilihSasaran: true pada tindakan ini atau sebelumnya.",
        );
      }
      if (!acts.slice(at + 1).some((later) => later.act.tugasAgen === "sesuai-permohonan")) {
        add(
          "pembekuan-tanpa-pekerjaan",
          [...path, "membekukan"],
          "Sesudah ini tidak ada tindakan dengan tugasAgen: sesuai-permohonan.",
          "Hapus membekukan, atau tulis tugasAgen pada tindakan berikutnya.",
        );
      }
      frozen = true;
    }
  });
  return findings;
}

function isRequester(sop: Sop, act: SopAct): boolean {
  const known = sop.pelaksana.some((column) => column.peran.some((role) => role.id === act.oleh));
  return known && roleOf(sop, act.oleh).pemohon;
}
