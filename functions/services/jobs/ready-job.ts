import type { Statement } from "#db/client.ts";
import { jobs } from "#db/schema/jobs.ts";
import type { Deps } from "../deps.ts";

/** The row by which an agent is offered an order that somebody sent it to. */
export function readyJob(
  { db }: Pick<Deps, "db">,
  input: {
    readonly job: string;
    readonly agent: string;
    readonly request: string;
    readonly at: Date;
  },
): Statement {
  const { job: id, agent, request, at } = input;
  const createdAt = at.toISOString();
  return db.orm.insert(jobs).values({ id, request, agent, state: "ready", epoch: 0, createdAt });
}
