import { inArray } from "drizzle-orm";
import { user } from "#db/schema/auth.ts";
import { positionOf } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import type { SealedEvent } from "#domain/trust/event-chain.ts";
import { isOfProcedure } from "#domain/workflow/agent-work.ts";
import type { Actor, ContentRef, JobAction, WorkflowEvent } from "#domain/workflow/types.ts";
import type { TimelineEntry } from "#domain/workflow/view.ts";
import { withCalendarNotes } from "../clocks/calendar-notes.ts";
import type { Deps } from "../deps.ts";
import { titleInCapacity } from "../words.ts";
import type { OpenedRequest } from "./access.ts";
import { answerOf, readContents } from "./content.ts";
import type { LoadedRequest } from "./load.ts";
import { withMinutesNote } from "./minutes-note.ts";
import { sentenceOf } from "./timeline-words.ts";

const OUTSIDE_SOP: ReadonlySet<string> = new Set([
  "asked",
  "answered",
  "returned",
  "refused",
  "cancelled",
  "preview_started",
  "follow_up_asked",
  "follow_up_approved",
  "follow_up_declined",
  "follow_up_withdrawn",
]);

/** Everything that happened, in sentences, with the words people left for the one who looks. */
export async function timelineOf(
  deps: Pick<Deps, "db" | "catalog">,
  { events, running, row, official }: LoadedRequest & Pick<OpenedRequest, "official">,
): Promise<TimelineEntry[]> {
  const { sop } = running;
  const reader = official ? "official" : "requester";
  const sent = sentWork(events);
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
    // Why officials want a kept copy back or gone is between them.
    const among = event.type === "follow_up_asked" || event.type === "follow_up_declined";
    const ref = "content" in event && (official || !among) ? event.content : null;
    const work = event.type === "job_finished" ? (sent.get(event.job) ?? null) : null;
    const notes = event.type === "submitted" ? [] : (ref && contents.get(ref.id)) || [];
    return {
      at,
      version,
      type: event.type,
      stepNo: stepOf(sop, event, work),
      text: sentenceOf(sop, event, work?.action ?? null, reader),
      actorName: by && (by.capacity === "pemohon" ? requesterName : (names.get(by.person) ?? null)),
      actorJabatan: by && titleOf(by),
      outsideSop: OUTSIDE_SOP.has(event.type) || (work !== null && !isOfProcedure(work.action)),
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

interface SentWork {
  readonly action: JobAction;
  /** Null for what belongs to no step. */
  readonly act: string | null;
}

/** What agents were sent to, by job. */
function sentWork(events: readonly SealedEvent[]): ReadonlyMap<string, SentWork> {
  const sent = new Map<string, SentWork>();
  for (const { event } of events.map(({ stored }) => stored)) {
    if (event.type === "job_started") sent.set(event.job, { action: event.action, act: event.act });
    if (event.type === "preview_started")
      sent.set(event.job, { action: "preview", act: event.act });
    if (event.type === "follow_up_approved") {
      sent.set(event.job, { action: event.action, act: null });
    }
  }
  return sent;
}

function stepOf(sop: Sop, event: WorkflowEvent, work: SentWork | null): number | null {
  switch (event.type) {
    case "answered":
    case "cancelled":
    case "completed":
    case "follow_up_asked":
    case "follow_up_approved":
    case "follow_up_declined":
    case "follow_up_withdrawn":
      return null;
    case "returned":
      return positionOf(sop, event.from).step.no;
    case "job_finished":
      return work?.act ? positionOf(sop, work.act).step.no : null;
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
