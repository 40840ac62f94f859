/**
 * Requests. `request_events` and `request_contents` are the truth; `requests`, `step_log` and
 * `service_cells` are projections that `rebuild` can make again from them at any time.
 */
import { sql } from "drizzle-orm";
import {
  blob,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import type { LetterState } from "#domain/letters/letter.ts";
import type { Measure } from "#domain/transparency/cells.ts";
import type { AskedFollowUp } from "#domain/workflow/follow-up.ts";
import type { RefusalClass } from "#domain/workflow/types.ts";
import type { FoundInUpload } from "#domain/workflow/view.ts";

/** Exact bytes of every SOP version ever used; a running request keeps its version. */
export const sopVersions = sqliteTable("sop_versions", {
  digest: text("digest").primaryKey(),
  slug: text("slug").notNull(),
  /** Canonical JSON whose SHA-256 is `digest`. */
  json: text("json").notNull(),
  storedAt: text("stored_at").notNull(),
});

/** Append-only, hash-linked. */
export const requestEvents = sqliteTable(
  "request_events",
  {
    stream: text("stream").notNull(),
    version: integer("version").notNull(),
    bytes: text("bytes").notNull(),
    hash: text("hash").notNull(),
  },
  // Two writers that saw the same head collide here: one of them is stale.
  (table) => [
    uniqueIndex("request_events_stream_version").on(table.stream, table.version),
    // What one person did, for their own lists. An operator: drizzle-kit parts a call at its comma.
    index("request_events_person").on(sql`bytes ->> '$.event.by.person'`, table.stream),
  ],
);

/** Free text and personal data; the event holds a salted commitment, so a row can be erased. */
export const requestContents = sqliteTable(
  "request_contents",
  {
    id: text("id").primaryKey(),
    request: text("request").notNull(),
    salt: text("salt").notNull(),
    json: text("json").notNull(),
    /** Of a submission: digest of all that was sent, by which a repeated submission is known. */
    fingerprint: text("fingerprint"),
  },
  (table) => [
    index("request_contents_request").on(table.request),
    // Only submissions have one.
    index("request_contents_fingerprint")
      .on(table.fingerprint)
      .where(sql`${table.fingerprint} IS NOT NULL`),
  ],
);

export const requests = sqliteTable(
  "requests",
  {
    /** Reference number without hyphens; also the name of the stream. */
    id: text("id").primaryKey(),
    slug: text("slug").notNull(),
    sopDigest: text("sop_digest").notNull(),
    agency: text("agency").notNull(),
    kind: text("kind", { enum: ["backup", "restore"] }).notNull(),
    status: text("status", { enum: ["active", "completed", "refused", "cancelled"] }).notNull(),
    act: text("act"),
    step: integer("step"),
    version: integer("version").notNull(),
    head: text("head").notNull(),
    submissionContent: text("submission_content").notNull(),
    submittedAt: text("submitted_at").notNull(),
    closedAt: text("closed_at"),
    refusal: text("refusal").$type<RefusalClass>(),
    enteredAt: text("entered_at"),
    dueAt: text("due_at"),
    /** An official asked the pemohon and waits: no clock runs, `dueAt` is of the moment it stopped. */
    awaitsAnswer: integer("awaits_answer", { mode: "boolean" }).notNull().default(false),
    /** What waits for an answer outside the SOP, for the inbox of those who may give it. */
    followUp: text("follow_up", { mode: "json" }).$type<AskedFollowUp>(),
  },
  (table) => [
    // The inbox reads open requests of an agency only.
    index("requests_open").on(table.agency, table.dueAt).where(sql`${table.status} = 'active'`),
    // Lists of an agency, newest first.
    index("requests_agency").on(table.agency, table.submittedAt),
    // The inbox again: few requests ever have one.
    index("requests_follow_up").on(table.agency).where(sql`${table.followUp} IS NOT NULL`),
  ],
);

/** One row for every time a step was open. */
export const stepLog = sqliteTable(
  "step_log",
  {
    request: text("request").notNull(),
    /** 1, 2, 3 … in the order in which steps were entered. */
    position: integer("position").notNull(),
    step: integer("step").notNull(),
    /** 1 at first, one more after each return. */
    round: integer("round").notNull(),
    outcome: text("outcome", { enum: ["open", "closed", "returned", "stopped"] }).notNull(),
    enteredAt: text("entered_at").notNull(),
    closedAt: text("closed_at"),
    dueAt: text("due_at"),
    standardMinutes: real("standard_minutes"),
    /** Null while open, and where no clock ran: the submission itself. */
    workingMinutes: real("working_minutes"),
    /** Working minutes spent waiting for the pemohon; not in `workingMinutes`. */
    pausedMinutes: real("paused_minutes").notNull().default(0),
    onTime: integer("on_time", { mode: "boolean" }),
  },
  (table) => [primaryKey({ columns: [table.request, table.position] })],
);

/** What the public figures are counted from; kept up by each change (`domain/transparency/cells`). */
export const serviceCells = sqliteTable(
  "service_cells",
  {
    slug: text("slug").notNull(),
    versi: integer("versi").notNull(),
    month: text("month").notNull(),
    kind: text("kind", { enum: ["backup", "restore"] }).notNull(),
    step: integer("step").notNull(),
    measure: text("measure").$type<Measure>().notNull(),
    bucket: integer("bucket").notNull(),
    count: integer("count").notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.slug,
        table.versi,
        table.month,
        table.kind,
        table.step,
        table.measure,
        table.bucket,
      ],
    }),
  ],
);

/** Letters and attachments; the bytes lie in a file named by their SHA-256. */
export const documents = sqliteTable(
  "documents",
  {
    id: text("id").primaryKey(),
    request: text("request").notNull(),
    kind: text("kind").notNull(),
    title: text("title").notNull(),
    mime: text("mime").notNull(),
    bytes: integer("bytes").notNull(),
    sha256: text("sha256").notNull(),
    createdAt: text("created_at").notNull(),
    /** How far a letter made here is; null for an upload. */
    state: text("state").$type<LetterState>(),
    /** Of a PDF made from a letter: the letter's own row. */
    source: text("source"),
    /** Letter number of the agency's register. */
    number: text("number"),
    /** Code under which anybody may verify the PDF. */
    code: text("code").unique(),
    /** Who signed a PDF made here, by title; null where nobody did. */
    signedBy: text("signed_by", { mode: "json" }).$type<SignedBy>(),
    /** What an uploaded PDF itself says: its number and its signatures. */
    found: text("found", { mode: "json" }).$type<FoundInUpload>(),
  },
  (table) => [index("documents_request").on(table.request)],
);

export interface SignedBy {
  /** Title of the position with its capacity, e.g. "Plt. Kepala Dinas". */
  readonly title: string;
  /** Name of the signing adapter. */
  readonly by: string;
  readonly at: string;
}

/** Last number given in a series; numbers are gap-free within a year. */
export const letterCounters = sqliteTable(
  "letter_counters",
  {
    agency: text("agency").notNull(),
    series: text("series").notNull(),
    year: integer("year").notNull(),
    last: integer("last").notNull(),
  },
  (table) => [primaryKey({ columns: [table.agency, table.series, table.year] })],
);

/** Forms not sent yet. Found by the SHA-256 of a secret, and encrypted with a key made from it. */
export const submissionDrafts = sqliteTable("submission_drafts", {
  hash: text("hash").primaryKey(),
  slug: text("slug").notNull(),
  sealed: text("sealed").notNull(),
  /** The uploaded letter, under the same key; apart, so that a step does not write it again. */
  sealedLetter: blob("sealed_letter", { mode: "buffer" }),
  updatedAt: text("updated_at").notNull(),
  expiresAt: text("expires_at").notNull(),
});
