/** The asset register: servers of the OPDs that an agency looks after. Internal, never public. */
import {
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { JOB_ACTIONS } from "#domain/workflow/types.ts";

export const assets = sqliteTable(
  "assets",
  {
    id: text("id").primaryKey(),
    agency: text("agency").notNull(),
    /** What the OPD is told, e.g. "AST-7K3Q2"; letters that cannot be mistaken for each other. */
    code: text("code").notNull().unique(),
    name: text("name").notNull(),
    owner: text("owner").notNull(),
    kind: text("kind", { enum: ["fisik", "vm", "vps", "basis-data", "aplikasi"] }).notNull(),
    /** Category of the electronic system. */
    category: text("category", { enum: ["strategis", "tinggi", "rendah"] }).notNull(),
    place: text("place").notNull(),
    /** Target of an agent by which it is backed up; null = not yet connected. */
    alias: text("alias"),
    note: text("note"),
    status: text("status", { enum: ["aktif", "nonaktif"] }).notNull(),
    registeredAt: text("registered_at").notNull(),
    registeredBy: text("registered_by").notNull(),
    /** Local date by which it must be reviewed again. */
    reviewDue: text("review_due").notNull(),
  },
  (table) => [
    // A restore asks whether its targets are registered.
    uniqueIndex("assets_alias").on(table.agency, table.alias),
    index("assets_review").on(table.agency, table.reviewDue),
  ],
);

export const assetReviews = sqliteTable(
  "asset_reviews",
  {
    id: text("id").primaryKey(),
    asset: text("asset")
      .notNull()
      .references(() => assets.id),
    at: text("at").notNull(),
    /** Name of the person. */
    by: text("by").notNull(),
    result: text("result", { enum: ["sesuai", "diubah", "dihapus"] }).notNull(),
    note: text("note"),
  },
  (table) => [index("asset_reviews_asset").on(table.asset)],
);

/** What was changed in the register, by whom: never edited, never deleted. */
export const assetChanges = sqliteTable(
  "asset_changes",
  {
    id: text("id").primaryKey(),
    asset: text("asset")
      .notNull()
      .references(() => assets.id),
    at: text("at").notNull(),
    /** Name of the person, or of the command line. */
    by: text("by").notNull(),
    how: text("how", { enum: ["didaftarkan", "diubah", "diimpor", "dinonaktifkan"] }).notNull(),
    /** Before and after of each column that changed. */
    changes: text("changes", { mode: "json" })
      .$type<Readonly<Record<string, readonly [string, string]>>>()
      .notNull(),
  },
  (table) => [index("asset_changes_asset").on(table.asset)],
);

/** What a finished job measured of each of its targets: what the next one is estimated from. */
export const targetMeasures = sqliteTable(
  "target_measures",
  {
    job: text("job").notNull(),
    alias: text("alias").notNull(),
    agent: text("agent").notNull(),
    engine: text("engine").notNull(),
    action: text("action", { enum: JOB_ACTIONS }).notNull(),
    bytes: integer("bytes").notNull(),
    /** Share of the job's time by size, where a job had several targets. */
    seconds: real("seconds").notNull(),
    /** A restore whose content was equal to its backup. */
    verified: integer("verified", { mode: "boolean" }).notNull(),
    finishedAt: text("finished_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.job, table.alias] }),
    index("target_measures_alias").on(table.agent, table.alias, table.action, table.finishedAt),
  ],
);

/** Free space of a vault, one row a day: what its growth is told from. */
export const vaultDays = sqliteTable(
  "vault_days",
  {
    agent: text("agent").notNull(),
    vault: text("vault").notNull(),
    day: text("day").notNull(),
    freeBytes: integer("free_bytes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.agent, table.vault, table.day] })],
);

/** When the work of a request is planned; written with the act that plans it. */
export const plans = sqliteTable(
  "plans",
  {
    request: text("request").primaryKey(),
    agency: text("agency").notNull(),
    agent: text("agent").notNull(),
    aliases: text("aliases", { mode: "json" }).$type<string[]>().notNull(),
    startsAt: text("starts_at").notNull(),
    endsAt: text("ends_at").notNull(),
    bytes: integer("bytes"),
    createdAt: text("created_at").notNull(),
  },
  (table) => [index("plans_time").on(table.agency, table.startsAt)],
);
