/** What happened, in one sentence each: as officials read it, and as the pemohon does. */
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { isOfProcedure } from "#domain/workflow/agent-work.ts";
import type { FollowUpAction, JobAction, WorkflowEvent } from "#domain/workflow/types.ts";
import { ACTION_LABELS } from "../words.ts";

type Outcome = Extract<WorkflowEvent, { type: "job_finished" }>["outcome"];

export type Reader = "official" | "requester";

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  succeeded: "Agen menyelesaikan pekerjaan dan mengirim hasil bertanda tangan.",
  failed: "Pekerjaan agen gagal.",
  cancelled: "Pekerjaan agen dibatalkan.",
  refused: "Agen menolak pekerjaan ini.",
};

const PREVIEW_OUTCOMES: Readonly<Record<Outcome, string>> = {
  succeeded: "Pratinjau pemulihan selesai.",
  failed: "Pratinjau pemulihan gagal.",
  cancelled: "Pratinjau pemulihan dibatalkan.",
  refused: "Agen menolak membuat pratinjau pemulihan.",
};

const WISHES: Readonly<Record<FollowUpAction, string>> = {
  rollback: "kembalikan data ke keadaan sebelum pemulihan",
  drop: "hapus salinan lama yang disimpan oleh pemulihan",
};

const DONE: Readonly<Record<FollowUpAction, string>> = {
  rollback: "Data dikembalikan ke keadaan sebelum pemulihan.",
  drop: "Salinan lama yang disimpan oleh pemulihan dihapus.",
};

const ENDS: Readonly<Record<Exclude<Outcome, "succeeded">, string>> = {
  failed: "gagal",
  cancelled: "dibatalkan",
  refused: "ditolak agen",
};

/** What the pemohon is told of what officials look into among themselves. */
export const REVIEWED = "Permohonan ditinjau petugas.";

/** `action`: what the agent was sent to, where a job ended. */
export function sentenceOf(
  sop: Sop,
  event: WorkflowEvent,
  action: JobAction | null,
  reader: Reader,
): string {
  switch (event.type) {
    case "submitted":
      return "Permohonan diajukan.";
    case "act_performed": {
      const { act } = positionOf(sop, event.act);
      const branch = event.branch === null ? "" : ` Keputusan: ${event.branch}.`;
      return `${act.judul}: selesai.${branch}`;
    }
    case "choice_made":
      return `Sasaran dipilih: ${event.choices.map((choice) => choice.alias).join(", ")}.`;
    case "job_frozen":
      return `Perintah ${ACTION_LABELS[event.action].toLowerCase()} ditetapkan dan tidak dapat diubah lagi.`;
    case "job_started":
      return `Agen diperintahkan bekerja: ${ACTION_LABELS[event.action].toLowerCase()}.`;
    case "job_finished":
      return endOf(event.outcome, action, reader);
    case "preview_started": {
      const aliases = event.choices.map(({ alias }) => alias).join(", ");
      return reader === "official" ? `Pratinjau pemulihan dimulai: ${aliases}.` : REVIEWED;
    }
    case "follow_up_asked":
      return reader === "official" ? `Diminta: ${WISHES[event.action]}.` : REVIEWED;
    case "follow_up_approved":
      return `Disetujui: ${WISHES[event.action]}.`;
    case "follow_up_declined":
      return reader === "official" ? `Tidak disetujui: ${WISHES[event.action]}.` : REVIEWED;
    case "follow_up_withdrawn":
      return reader === "official"
        ? `Ditarik oleh yang meminta: ${WISHES[event.action]}.`
        : REVIEWED;
    case "returned": {
      const { act } = positionOf(sop, event.to);
      return `Permohonan dikembalikan kepada ${roleOf(sop, act.oleh).judul}: ${act.judul}.`;
    }
    case "asked":
      return "Pemohon ditanya; waktu baku berhenti sampai ada jawaban.";
    case "answered":
      return "Pemohon menjawab pertanyaan.";
    case "refused":
      return "Permohonan ditolak.";
    case "cancelled":
      return "Permohonan dibatalkan oleh pemohon.";
    case "completed":
      return "Permohonan selesai.";
  }
}

function endOf(outcome: Outcome, action: JobAction | null, reader: Reader): string {
  if (action === null || isOfProcedure(action)) return OUTCOMES[outcome];
  if (action === "preview") return reader === "official" ? PREVIEW_OUTCOMES[outcome] : REVIEWED;
  return outcome === "succeeded" ? DONE[action] : `${ACTION_LABELS[action]} ${ENDS[outcome]}.`;
}
