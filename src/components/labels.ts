/** Words for states, once for all pages. */

import { type PpidState, STATUS_LABELS } from "#domain/ppid/types.ts";
import type { SopStatus } from "#domain/sop/life-cycle.ts";
import type { JobAction, RequestStatus } from "#domain/workflow/types.ts";
import type { Law } from "../catalog/law-schema.ts";

export type Tone = "positive" | "negative" | "notice" | "brand" | "";

export interface Label {
  readonly text: string;
  readonly tone: Tone;
}

export const SOP_STATUS: Readonly<Record<SopStatus, Label>> = {
  draf: { text: "Draf", tone: "notice" },
  berlaku: { text: "Berlaku", tone: "positive" },
  dicabut: { text: "Dicabut", tone: "negative" },
  diganti: { text: "Diganti", tone: "negative" },
};

export const REQUEST_STATUS: Readonly<Record<RequestStatus, Label>> = {
  active: { text: "Diproses", tone: "brand" },
  completed: { text: "Selesai", tone: "positive" },
  refused: { text: "Ditolak", tone: "negative" },
  cancelled: { text: "Dibatalkan", tone: "" },
};

export const PPID_STATUS: Readonly<Record<PpidState["status"], Label>> = {
  open: { text: STATUS_LABELS.open, tone: "brand" },
  answered: { text: STATUS_LABELS.answered, tone: "positive" },
  objected: { text: STATUS_LABELS.objected, tone: "notice" },
  closed: { text: STATUS_LABELS.closed, tone: "positive" },
  withdrawn: { text: STATUS_LABELS.withdrawn, tone: "" },
};

export const ACTION_TEXT: Readonly<Record<JobAction, string>> = {
  backup: "Pencadangan",
  restore: "Pemulihan",
  check: "Pemeriksaan berkas cadangan",
  preview: "Pratinjau pemulihan",
  rollback: "Pengembalian ke data sebelum pemulihan",
  drop: "Penghapusan salinan lama",
};

const JOB_STATES: Readonly<Record<string, Label>> = {
  frozen: { text: "Rencana dibekukan", tone: "" },
  started: { text: "Berjalan", tone: "brand" },
  ready: { text: "Menunggu agen", tone: "notice" },
  leased: { text: "Diambil agen", tone: "brand" },
  running: { text: "Berjalan", tone: "brand" },
  lost: { text: "Agen tidak berkabar", tone: "negative" },
  cancelling: { text: "Sedang dibatalkan", tone: "notice" },
  succeeded: { text: "Berhasil", tone: "positive" },
  failed: { text: "Gagal", tone: "negative" },
  cancelled: { text: "Dibatalkan", tone: "" },
  refused: { text: "Ditolak agen", tone: "negative" },
  declared_failed: { text: "Dinyatakan gagal", tone: "negative" },
};

export function jobState(state: string): Label {
  return JOB_STATES[state] ?? { text: state, tone: "" };
}

/** Whether the agent may still send news of the job. */
export function jobMoves(state: string): boolean {
  return ["started", "ready", "leased", "running", "lost", "cancelling"].includes(state);
}

export function lawStatus(law: Law, successor: Law | null): Label {
  const by = successor ? `, diganti ${lawShortName(successor)}` : "";
  switch (law.status) {
    case "berlaku":
      return { text: "berlaku", tone: "positive" };
    case "dicabut":
      return { text: `dicabut${by}`, tone: "negative" };
    case "diubah":
      return { text: `diubah${by}`, tone: "notice" };
    case "belum_diverifikasi":
      return { text: "belum diverifikasi", tone: "notice" };
  }
}

/** "PP 71/2019" from the id `pp-71-2019`; words that are abbreviations are written in capitals. */
export function lawShortName(law: Pick<Law, "id" | "nomor" | "tahun">): string {
  const words = law.id.split("-").filter((word) => !/^\d+$/.test(word));
  const names = words.map((word) =>
    word.length <= 2 || !/[aeiou]/.test(word)
      ? word.toUpperCase()
      : word.charAt(0).toUpperCase() + word.slice(1),
  );
  return `${names.join(" ")} ${law.nomor}/${law.tahun}`;
}

export function lawFullName(law: Pick<Law, "jenis" | "nomor" | "tahun">): string {
  return `${law.jenis} Nomor ${law.nomor} Tahun ${law.tahun}`;
}
