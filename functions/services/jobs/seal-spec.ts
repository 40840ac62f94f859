import type { Statement } from "#db/client.ts";
import { jobSpecs } from "#db/schema/jobs.ts";
import { canonicalJson, type Json, sha256Hex } from "#domain/trust/canonical.ts";
import type { PreparedJob } from "#domain/workflow/types.ts";
import { JobSpec } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";

export interface MadeSpec {
  readonly prepared: PreparedJob;
  readonly agent: string;
  readonly statement: Statement;
}

/** The exact bytes of an order with their digest, and the row that keeps them. */
export async function sealSpec(deps: Pick<Deps, "db">, spec: JobSpec): Promise<MadeSpec> {
  const { job, request, act, action, agent, createdAt } = spec;
  const bytes = canonicalJson(JobSpec.parse(spec) as Json);
  const digest = await sha256Hex(bytes);
  const row = { job, request, act, action, agent, digest, spec: bytes, createdAt };
  return {
    prepared: { job, action, digest },
    agent,
    statement: deps.db.orm.insert(jobSpecs).values(row),
  };
}
