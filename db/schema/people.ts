/** Who holds which position when. Every authority is read from here, at the date of the act. */
import { index, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { user } from "./auth.ts";

export const positionHolders = sqliteTable(
  "position_holders",
  {
    id: text("id").primaryKey(),
    person: text("person")
      .notNull()
      .references(() => user.id),
    agency: text("agency").notNull(),
    jabatan: text("jabatan").notNull(),
    capacity: text("capacity", { enum: ["definitif", "plt", "plh"] }).notNull(),
    /** Local dates of the agency, both inclusive; `until` null = open. */
    since: text("since").notNull(),
    until: text("until"),
    /** The decree that appointed them. */
    decree: text("decree").notNull(),
    createdAt: text("created_at").notNull(),
  },
  (table) => [
    // Read on every signed-in request.
    index("position_holders_person").on(table.person),
    // The holders of a position, for its next appointment and the admin's pages.
    index("position_holders_post").on(table.agency, table.jabatan),
  ],
);

/**
 * Authority lent for a time by the holder of a position ("a.n."). Never to oneself, never onward:
 * what is lent to a person is read from here only, and only a holder may lend.
 */
export const mandates = sqliteTable(
  "mandates",
  {
    id: text("id").primaryKey(),
    giver: text("giver")
      .notNull()
      .references(() => user.id),
    receiver: text("receiver")
      .notNull()
      .references(() => user.id),
    agency: text("agency").notNull(),
    jabatan: text("jabatan").notNull(),
    /** Local dates of the agency, both inclusive. */
    since: text("since").notNull(),
    until: text("until").notNull(),
    /** The letter by which it was given, or the giver's own words. */
    basis: text("basis").notNull(),
    createdAt: text("created_at").notNull(),
    /** Taken back before its end. */
    endedAt: text("ended_at"),
  },
  (table) => [
    // Read on every signed-in request.
    index("mandates_receiver").on(table.receiver),
    // What one gave, on one's own page.
    index("mandates_giver").on(table.giver),
  ],
);

/** Who looks after people, positions and agents. An admin never holds a position. */
export const admins = sqliteTable("admins", {
  person: text("person")
    .primaryKey()
    .references(() => user.id),
  /** Person who made them admin; null for the first one, made on the server itself. */
  grantedBy: text("granted_by"),
  createdAt: text("created_at").notNull(),
});

/** What letters print under a signature, and what a certified signature is asked for by. */
export const signers = sqliteTable("signers", {
  person: text("person")
    .primaryKey()
    .references(() => user.id),
  nip: text("nip"),
  /** Pangkat/golongan. */
  rank: text("rank"),
  /** NIK, encrypted with a key of its own; never shown and never logged. */
  sealedNik: text("sealed_nik"),
});

/** Accounts that are closed for now: no sign-in, no authority. Positions are ended on their own. */
export const inactivePeople = sqliteTable("inactive_people", {
  person: text("person")
    .primaryKey()
    .references(() => user.id),
  by: text("by"),
  at: text("at").notNull(),
});

/** What admins did; rows are added and never changed. */
export const adminLog = sqliteTable(
  "admin_log",
  {
    id: text("id").primaryKey(),
    at: text("at").notNull(),
    /** Who; null = on the server itself, by command. */
    by: text("by"),
    act: text("act").$type<AdminAct>().notNull(),
    /** Whom it is about, where it is about a person. */
    person: text("person"),
    /** What exactly: ids, dates and decrees, never a secret. */
    detail: text("detail", { mode: "json" }).$type<Readonly<Record<string, string>>>().notNull(),
  },
  (table) => [index("admin_log_at").on(table.at)],
);

export type AdminAct =
  | "user_added"
  | "user_deactivated"
  | "user_reactivated"
  | "recovery_issued"
  | "signer_set"
  | "admin_granted"
  | "admin_revoked"
  | "position_assigned"
  | "position_ended"
  | "position_corrected"
  | "agent_code_made"
  | "agent_approved"
  | "agent_released"
  | "agent_revoked";
