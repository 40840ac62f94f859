/**
 * Requests for public information and objections. `ppid_events` is the truth; `ppid_requests` is
 * its projection, written in the same batch. Words and personal data lie in `request_contents`,
 * files in `documents`, under the same id.
 */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { PpidState } from "#domain/ppid/types.ts";

export const ppidEvents = sqliteTable(
  "ppid_events",
  {
    stream: text("stream").notNull(),
    version: integer("version").notNull(),
    bytes: text("bytes").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [uniqueIndex("ppid_events_stream_version").on(table.stream, table.version)],
);

export const ppidRequests = sqliteTable(
  "ppid_requests",
  {
    id: text("id").primaryKey(),
    agency: text("agency").notNull(),
    status: text("status", {
      enum: ["open", "answered", "objected", "closed", "withdrawn"],
    }).notNull(),
    state: text("state", { mode: "json" }).$type<PpidState>().notNull(),
    version: integer("version").notNull(),
    head: text("head").notNull(),
    requestContent: text("request_content").notNull(),
    requestedAt: text("requested_at").notNull(),
    /** Local year of the agency: registers begin anew each year. */
    year: integer("year").notNull(),
    /** Place in the year's register. */
    registerNumber: integer("register_number").notNull(),
  },
  (table) => [
    uniqueIndex("ppid_requests_register").on(table.agency, table.year, table.registerNumber),
    index("ppid_requests_status").on(table.agency, table.status),
  ],
);
