/** Frozen orders to agents and what became of them. */
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { JOB_STATES } from "#domain/job/states.ts";
import { JOB_ACTIONS } from "#domain/workflow/types.ts";

/** The exact JobSpec bytes; their SHA-256 is the digest that every later decision names. */
export const jobSpecs = sqliteTable("job_specs", {
  job: text("job").primaryKey(),
  request: text("request").notNull(),
  act: text("act").notNull(),
  action: text("action", { enum: JOB_ACTIONS }).notNull(),
  agent: text("agent").notNull(),
  digest: text("digest").notNull(),
  spec: text("spec").notNull(),
  createdAt: text("created_at").notNull(),
});

/** A job exists from the moment a person sends the agent to work. */
export const jobs = sqliteTable(
  "jobs",
  {
    id: text("id").primaryKey(),
    request: text("request").notNull(),
    agent: text("agent").notNull(),
    state: text("state", { enum: JOB_STATES }).notNull(),
    /** One more at every lease; only the newest epoch may report. */
    epoch: integer("epoch").notNull(),
    leaseUntil: text("lease_until"),
    startId: text("start_id"),
    createdAt: text("created_at").notNull(),
    startedAt: text("started_at"),
    finishedAt: text("finished_at"),
    /** The agent's signed envelope, or its refusal, as sent. */
    result: text("result"),
    resultDigest: text("result_digest"),
    error: text("error"),
  },
  (table) => [
    // Every poll asks for the oldest ready job of one agent.
    index("jobs_agent").on(table.agent, table.state, table.createdAt),
    index("jobs_request").on(table.request),
  ],
);

export const jobEvents = sqliteTable(
  "job_events",
  {
    job: text("job").notNull(),
    epoch: integer("epoch").notNull(),
    seq: integer("seq").notNull(),
    json: text("json").notNull(),
  },
  (table) => [primaryKey({ columns: [table.job, table.epoch, table.seq] })],
);
