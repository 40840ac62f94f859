import { and, eq } from "drizzle-orm";
import { agents } from "#db/schema/agents.ts";
import { jobSpecs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import { isDestructive } from "#domain/workflow/agent-work.ts";
import { JobSpec } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { ORDER_VALID_MS } from "./make-spec.ts";
import { type MadeSpec, sealSpec } from "./seal-spec.ts";

/**
 * An order about a restore that has its order already: the same targets, backups, pinned manifests
 * and agent. WORKFLOW_TARGET where that agent may not work any more.
 */
export async function followSpec(
  deps: Deps,
  restore: string,
  wish: { readonly action: "preview" | "rollback" | "drop"; readonly at: Date },
): Promise<MadeSpec> {
  const [found] = await deps.db.orm
    .select({ spec: jobSpecs.spec })
    .from(jobSpecs)
    .innerJoin(agents, and(eq(agents.id, jobSpecs.agent), eq(agents.status, "approved")))
    .where(eq(jobSpecs.job, restore));
  if (!found) throw new AppError("WORKFLOW_TARGET", "the agent of the restore is gone");
  const { action, at } = wish;
  return sealSpec(deps, {
    ...JobSpec.parse(JSON.parse(found.spec)),
    job: deps.newId(),
    action,
    createdAt: at.toISOString(),
    notAfter: new Date(at.getTime() + ORDER_VALID_MS).toISOString(),
    destructive: isDestructive(action),
    restored: action === "preview" ? null : restore,
  });
}
