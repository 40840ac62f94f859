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
  // Read on every signed-in request.
  (table) => [index("position_holders_person").on(table.person)],
);
