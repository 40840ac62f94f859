/** What readers said of a page. No address, account, cookie or time of day: a row leads to nobody. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const pageFeedback = sqliteTable(
  "page_feedback",
  {
    /** Random: an id that sorts by time would tell the moment. */
    id: text("id").primaryKey(),
    path: text("path").notNull(),
    helpful: integer("helpful", { mode: "boolean" }).notNull(),
    comment: text("comment"),
    /** Date in western Indonesian time, without the hour. */
    day: text("day").notNull(),
  },
  // The admin reads from a day on.
  (table) => [index("page_feedback_day").on(table.day)],
);
