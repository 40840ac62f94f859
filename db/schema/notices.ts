/** What is to be told to people and programs outside, and what was told. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { user } from "./auth.ts";

/** Written in the same batch as what it tells of; sent afterwards, again and again until it is taken. */
export const outbox = sqliteTable(
  "outbox",
  {
    id: text("id").primaryKey(),
    channel: text("channel", { enum: ["mail", "webhook"] }).notNull(),
    /** One notice a key, however often its cause is seen. */
    dedupe: text("dedupe").notNull().unique(),
    to: text("to").notNull(),
    subject: text("subject").notNull(),
    body: text("body").notNull(),
    request: text("request"),
    createdAt: text("created_at").notNull(),
    /** Earliest moment to send: within the agency's working hours. */
    notBefore: text("not_before").notNull(),
    attempts: integer("attempts").notNull().default(0),
    firstTriedAt: text("first_tried_at"),
    error: text("error"),
    sentAt: text("sent_at"),
    givenUpAt: text("given_up_at"),
  },
  (table) => [
    index("outbox_waiting")
      .on(table.notBefore)
      .where(sql`${table.sentAt} IS NULL AND ${table.givenUpAt} IS NULL`),
  ],
);

/** How often a person replaced the secret address of their calendar: the older ones are dead. */
export const calendarFeeds = sqliteTable("calendar_feeds", {
  person: text("person")
    .primaryKey()
    .references(() => user.id),
  renewals: integer("renewals").notNull(),
});

/** Escalations told, by the open step and the share of its standard time. */
export const escalations = sqliteTable(
  "escalations",
  {
    request: text("request").notNull(),
    position: integer("position").notNull(),
    percent: integer("percent").notNull(),
    at: text("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.request, table.position, table.percent] })],
);

/** Every calendar an agency ever worked by, in the order in which the service first saw them. */
export const calendarVersions = sqliteTable(
  "calendar_versions",
  {
    agency: text("agency").notNull(),
    seenAt: text("seen_at").notNull(),
    digest: text("digest").notNull(),
    json: text("json").notNull(),
  },
  (table) => [primaryKey({ columns: [table.agency, table.seenAt] })],
);
