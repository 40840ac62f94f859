import { eq, sql } from "drizzle-orm";
import { user } from "#db/schema/auth.ts";
import { documents } from "#db/schema/requests.ts";
import { limitsOf } from "#domain/ppid/limits.ts";
import {
  GROUND_LABELS,
  OUTCOME_LABELS,
  type PpidEvent,
  type PpidState,
  REASON_LABELS,
} from "#domain/ppid/types.ts";
import type { FieldOption } from "#domain/workflow/form.ts";
import type { Ctx, Deps } from "../deps.ts";
import { type Answer, readContents } from "../requests/content.ts";
import { showReference } from "../requests/reference.ts";
import { type OpenedPpid, openPpid } from "./access.ts";
import { IDENTITY_KIND } from "./attachment.ts";

export interface PpidEntry {
  readonly at: string;
  /** One Indonesian sentence. */
  readonly text: string;
  /** Name and post of the official; the requester by that word. */
  readonly by: string;
  readonly notes: readonly { readonly label: string; readonly value: string }[];
}

export interface PpidView {
  readonly ref: string;
  readonly agency: { readonly id: string; readonly name: string };
  readonly register: { readonly number: number; readonly year: number };
  readonly head: string;
  readonly state: PpidState;
  /** ISO 8601 in UTC; null where nothing of the kind runs. */
  readonly limits: {
    readonly answer: string;
    readonly objection: string | null;
    readonly objectionAnswer: string | null;
    readonly due: string | null;
  };
  readonly overdue: boolean;
  readonly entries: readonly PpidEntry[];
  readonly documents: readonly {
    readonly id: string;
    readonly title: string;
    readonly mime: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  /** What the one who looks may do now. */
  readonly may: {
    readonly answer: boolean;
    readonly extend: boolean;
    readonly object: boolean;
    readonly answerObjection: boolean;
    readonly withdraw: boolean;
  };
  /** Items of the list of excluded information; for the PPID only. */
  readonly excluded: readonly FieldOption[];
}

export async function viewInformation(deps: Deps, ctx: Ctx, ref: string): Promise<PpidView> {
  const opened = await openPpid(deps, ctx, ref);
  const { row, state, agency, officer, superior, requester } = opened;
  const now = deps.now();
  const limits = limitsOf(agency.calendar, state, now);
  const open = state.status === "open";
  const withinObjection = limits.objection !== null && now <= limits.objection;
  return {
    ref: showReference(row.id),
    agency: { id: agency.id, name: agency.nama },
    register: { number: row.registerNumber, year: row.year },
    head: row.head,
    state,
    limits: {
      answer: limits.answer.toISOString(),
      objection: limits.objection?.toISOString() ?? null,
      objectionAnswer: limits.objectionAnswer?.toISOString() ?? null,
      due: limits.due?.toISOString() ?? null,
    },
    overdue: limits.due !== null && now > limits.due,
    entries: await entriesOf(deps, opened),
    documents: await documentsOf(deps, opened),
    may: {
      answer: officer !== null && open,
      extend: officer !== null && open && !state.extended && now <= limits.answer,
      object: requester && withinObjection && (open || state.status === "answered"),
      answerObjection: superior !== null && state.status === "objected",
      withdraw: requester && (open || state.status === "objected"),
    },
    excluded: officer ? excludedOptions(deps, agency.id) : [],
  };
}

/** The list of excluded information of one agency, in its order. */
export function excludedOptions(deps: Pick<Deps, "catalog">, agency: string): FieldOption[] {
  return [...deps.catalog.excluded.entries()]
    .filter(([, { instansi }]) => instansi === null || instansi === agency)
    .sort(([, a], [, b]) => a.urutan - b.urutan)
    .map(([value, { informasi }]) => ({ value, label: informasi }));
}

async function entriesOf(deps: Deps, { row, events, agency }: OpenedPpid): Promise<PpidEntry[]> {
  const contents = await readContents(
    deps,
    row.id,
    events.map(({ stored }) => stored.event.content),
  );
  const names = new Map<string, string>();
  for (const { stored } of events) {
    if (!("by" in stored.event) || names.has(stored.event.by.person)) continue;
    const { person } = stored.event.by;
    const [found] = await deps.db.orm
      .select({ name: user.name })
      .from(user)
      .where(eq(user.id, person));
    names.set(person, found?.name ?? "");
  }
  const titleOf = (jabatan: string): string =>
    agency.jabatan.find(({ id }) => id === jabatan)?.judul ?? jabatan;
  return events.map(({ stored: { at, event } }) => ({
    at,
    text: sentenceOf(event),
    by:
      "by" in event
        ? `${names.get(event.by.person) ?? ""}, ${titleOf(event.by.jabatan)}`
        : "Pemohon",
    notes: (contents.get(event.content.id) ?? []).map(({ label, value }: Answer) => ({
      label,
      value,
    })),
  }));
}

function sentenceOf(event: PpidEvent): string {
  switch (event.type) {
    case "requested":
      return "Permintaan informasi diterima dan dicatat dalam register.";
    case "extended":
      return "Batas waktu diperpanjang 7 hari kerja.";
    case "answered": {
      const reason = event.reason === null ? "" : ` Alasan: ${REASON_LABELS[event.reason]}.`;
      return `PPID menjawab: ${OUTCOME_LABELS[event.outcome].toLowerCase()}.${reason}`;
    }
    case "objected":
      return `Keberatan diajukan. Alasan: ${GROUND_LABELS[event.ground]}.`;
    case "objection_answered":
      return `Atasan PPID menanggapi keberatan: ${OUTCOME_LABELS[event.outcome].toLowerCase()}.`;
    case "withdrawn":
      return "Pemohon mencabut permintaannya.";
  }
}

/** An identity paper is for the officials alone. */
async function documentsOf(deps: Deps, { row, officer, superior }: OpenedPpid) {
  const rows = await deps.db.orm
    .select()
    .from(documents)
    .where(eq(documents.request, row.id))
    .orderBy(sql`rowid`);
  return rows
    .filter(({ kind }) => kind !== IDENTITY_KIND || officer !== null || superior !== null)
    .map(({ id, title, mime, bytes, sha256 }) => ({ id, title, mime, bytes, sha256 }));
}
