import type { Finding } from "./finding.ts";
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
  let chosen = false;
  let frozen = false;
  acts.forEach(({ act, path }, at) => {
    if (at === 0 && !(act.jenis === "permohonan" && isRequester(sop, act))) {
      findings.push({
        path,
        pesan:
          "Tindakan pertama harus permohonan oleh pemohon. Tulis jenis: permohonan dan oleh: peran pemohon.",
      });
    }
    if (at > 0 && act.jenis === "permohonan") {
      findings.push({
        path: [...path, "jenis"],
        pesan: "Permohonan hanya boleh menjadi tindakan pertama. Tulis jenis lain.",
      });
    }
    chosen ||= act.memilihSasaran;
    if (act.tugasAgen === "cek-berkas" && !act.memilihSasaran) {
      findings.push({
        path: [...path, "memilihSasaran"],
        pesan: "Pengecekan berkas perlu sasaran. Tulis memilihSasaran: true.",
      });
    }
    if (act.tugasAgen === "sesuai-permohonan") {
      if (!act.memilihSasaran && !frozen) {
        findings.push({
          path: [...path, "tugasAgen"],
          pesan:
            "Pekerjaan agen belum ditetapkan. Tulis membekukan: true pada sebuah tindakan sebelum ini.",
        });
      }
      // A frozen job runs once; a second one needs its own approval.
      frozen = false;
    }
    if (act.membekukan) {
      if (!chosen) {
        findings.push({
          path: [...path, "membekukan"],
          pesan:
            "Belum ada sasaran yang dipilih. Tulis memilihSasaran: true pada tindakan ini atau sebelumnya.",
        });
      }
      if (!acts.slice(at + 1).some((later) => later.act.tugasAgen === "sesuai-permohonan")) {
        findings.push({
          path: [...path, "membekukan"],
          pesan:
            "Sesudah ini tidak ada tindakan dengan tugasAgen: sesuai-permohonan. Hapus membekukan, atau tulis tugasAgen pada tindakan berikutnya.",
        });
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
