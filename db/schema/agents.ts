/** Agents as the portal may know them: keys, aliases, figures. No host, path or credential. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { PROOF_LEVELS, type TargetCare } from "#domain/job/care.ts";

export const agents = sqliteTable("agents", {
  id: text("id").primaryKey(),
  /** `held`: two processes use its key; neither is given work until a person has decided. */
  status: text("status", { enum: ["pending", "approved", "held", "revoked"] }).notNull(),
  /** RFC 7638 thumbprint of the key; a key enrols once. */
  thumbprint: text("thumbprint").notNull().unique(),
  jwk: text("jwk", { mode: "json" }).$type<{ kty: "OKP"; crv: "Ed25519"; x: string }>().notNull(),
  fingerprint: text("fingerprint").notNull(),
  hostname: text("hostname").notNull(),
  version: text("version").notNull(),
  /** Agencies whose requests it may work for. */
  agencies: text("agencies", { mode: "json" }).$type<string[]>().notNull(),
  enrolledAt: text("enrolled_at").notNull(),
  approvedAt: text("approved_at"),
  revokedAt: text("revoked_at"),
  /** Written at most once a minute. */
  lastSeenAt: text("last_seen_at"),
});

export const enrollCodes = sqliteTable("enroll_codes", {
  /** SHA-256 of the code; the code itself is shown once and stored nowhere. */
  hash: text("hash").primaryKey(),
  agencies: text("agencies", { mode: "json" }).$type<string[]>().notNull(),
  createdAt: text("created_at").notNull(),
  expiresAt: text("expires_at").notNull(),
  usedAt: text("used_at"),
  /** Thumbprint of the key that used it, so that a repeated call gets its answer again. */
  usedBy: text("used_by"),
});

export const agentTargets = sqliteTable(
  "agent_targets",
  {
    agent: text("agent").notNull(),
    alias: text("alias").notNull(),
    engine: text("engine").notNull(),
    actions: text("actions", { mode: "json" }).$type<string[]>().notNull(),
    vault: text("vault").notNull(),
    vaultKind: text("vault_kind").notNull(),
    vaultFreeBytes: integer("vault_free_bytes"),
    estimatedBytes: integer("estimated_bytes"),
    /** The operator's own schedule and what it asks people to look at; null without one. */
    care: text("care", { mode: "json" }).$type<TargetCare>(),
    reportedAt: text("reported_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.agent, table.alias] })],
);

/** Restore drills that agents held, each with the envelope that its agent signed. */
export const drills = sqliteTable(
  "drills",
  {
    agent: text("agent").notNull(),
    id: text("id").notNull(),
    alias: text("alias").notNull(),
    backup: text("backup").notNull(),
    level: text("level", { enum: PROOF_LEVELS }).notNull(),
    ok: integer("ok", { mode: "boolean" }).notNull(),
    error: text("error"),
    finishedAt: text("finished_at").notNull(),
    /** When the portal heard of it: published months must not change when an agent was away. */
    recordedAt: text("recorded_at").notNull(),
    envelope: text("envelope").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.agent, table.id] }),
    // The newest proof of a target.
    index("drills_target").on(table.agent, table.alias, table.ok, table.finishedAt),
  ],
);

/** Verified backups, as the agent last listed them. */
export const backups = sqliteTable(
  "backups",
  {
    agent: text("agent").notNull(),
    id: text("id").notNull(),
    alias: text("alias").notNull(),
    engine: text("engine").notNull(),
    vault: text("vault").notNull(),
    vaultKind: text("vault_kind").notNull(),
    purpose: text("purpose").notNull(),
    bytes: integer("bytes").notNull(),
    storedBytes: integer("stored_bytes").notNull(),
    finishedAt: text("finished_at").notNull(),
    manifest: text("manifest").notNull(),
    content: text("content").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.agent, table.id] }),
    // The choices of a restore: the backups of one target.
    index("backups_target").on(table.agent, table.alias),
  ],
);
