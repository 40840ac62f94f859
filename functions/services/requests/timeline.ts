import { inArray } from "drizzle-orm";
import { user } from "#db/schema/auth.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import type { SealedEvent } from "#domain/trust/event-chain.ts";
import type { Actor, ContentRef, WorkflowEvent } from "#domain/workflow/types.ts";
import type { TimelineEntry } from "#domain/workflow/view.ts";
import { withCalendarNotes } from "../clocks/calendar-notes.ts";
import type { Deps } from "../deps.ts";
import { ACTION_LABELS, titleInCapacity } from "../words.ts";
import { answerOf, readContents } from "./content.ts";
import type { LoadedRequest } from "./load.ts";
import { withMinutesNote } from "./minutes-note.ts";

const OUTCOME_SENTENCES = {
  succeeded: "Agen menyelesaikan pekerjaan dan mengirim hasil bertanda tangan.",
  failed: "Pekerjaan agen gagal.",
  cancelled: "Pekerjaan agen dibatalkan.",
  refused: "Agen menolak pekerjaan ini.",
} as const;

const OUTSIDE_SOP: ReadonlySet<string> = new Set([
  "asked",
  "answered",
  "returned",
  "refused",
  "cancelled",
]);

/** Everything that happened, in sentences, with the words people left. */
export async function timelineOf(
  deps: Pick<Deps, "db" | "catalog">,
  { events, running, row }: LoadedRequest,
): Promise<TimelineEntry[]> {
  const { sop } = running;
  const contents = await readContents(deps, row.id, events.flatMap(contentRefs));
  const names = await namesOf(deps, events);
  const requesterName = answerOf(contents.get(row.submissionContent), "nama");
  const agency = deps.catalog.agencies.get(row.agency);
  const titleOf = ({ jabatan, capacity }: Actor): string => {
    const post = agency?.jabatan.find(({ id }) => id === jabatan);
    return capacity === "pemohon" ? "Pemohon" : titleInCapacity(capacity, post?.judul ?? jabatan);
  };
  const entries = events.map(({ stored: { at, version, event } }): TimelineEntry => {
    const by = "by" in event ? event.by : null;
    const ref = "content" in event ? event.content : null;
    const notes = event.type === "submitted" ? [] : (ref && contents.get(ref.id)) || [];
    return {
      at,
      version,
      type: event.type,
      stepNo: stepOf(sop, events, event),
      text: sentenceOf(sop, event),
      actorName: by && (by.capacity === "pemohon" ? requesterName : (names.get(by.person) ?? null)),
      actorJabatan: by && titleOf(by),
      outsideSop: OUTSIDE_SOP.has(event.type),
      notes: [...ticked(sop, event), ...notes.map(({ label, value }) => ({ label, value }))],
    };
  });
  const noted = withCalendarNotes(deps, { events, running, row }, entries);
  return row.status === "completed" ? withMinutesNote(deps, row.id, noted) : noted;
}

function contentRefs({ stored: { event } }: SealedEvent): ContentRef[] {
  return "content" in event && event.content ? [event.content] : [];
}

async function namesOf(
  deps: Pick<Deps, "db">,
  events: readonly SealedEvent[],
): Promise<ReadonlyMap<string, string>> {
  const people = new Set(
    events.flatMap(({ stored: { event } }) => ("by" in event ? [event.by.person] : [])),
  );
  const rows = await deps.db.orm
    .select({ id: user.id, name: user.name })
    .from(user)
    .where(inArray(user.id, [...people]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function stepOf(sop: Sop, events: readonly SealedEvent[], event: WorkflowEvent): number | null {
  switch (event.type) {
    case "answered":
    case "cancelled":
    case "completed":
      return null;
    case "returned":
      return positionOf(sop, event.from).step.no;
    case "job_finished": {
      const started = events
        .map(({ stored }) => stored.event)
        .find((one) => one.type === "job_started" && one.job === event.job);
      return started?.type === "job_started" ? positionOf(sop, started.act).step.no : null;
    }
    default:
      return positionOf(sop, event.act).step.no;
  }
}

/** What the actor confirmed to have checked. */
function ticked(sop: Sop, event: WorkflowEvent): TimelineEntry["notes"] {
  if (event.type !== "act_performed" || event.ticks.length === 0) return [];
  const { step } = positionOf(sop, event.act);
  const items = event.ticks.flatMap((tick) => step.kelengkapan[tick] ?? []);
  return [{ label: "Kelengkapan dicentang", value: items.join("; ") }];
}

function sentenceOf(sop: Sop, event: WorkflowEvent): string {
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
      return OUTCOME_SENTENCES[event.outcome];
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
