import { and, eq, sql } from "drizzle-orm";
import { brokenPromise, guard } from "#db/guard.ts";
import { agents } from "#db/schema/agents.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { heldAgentStatements } from "../notices/of-held-agent.ts";
import type { AgentRow } from "./authenticate.ts";

/**
 * Keeps every holder of an agent's key from work, since two of them are alive and nobody but a
 * person can tell which one is meant. The admins are told once; what runs goes on or ends by itself,
 * but passes no gate. Lifted by `releaseAgent`.
 */
export async function holdAgent(deps: Deps, agent: AgentRow): Promise<void> {
  try {
    await deps.db.write([
      guard(
        sql`EXISTS (SELECT 1 FROM ${agents} WHERE ${agents.id} = ${agent.id} AND ${agents.status} = 'approved')`,
      ),
      deps.db.orm.update(agents).set({ status: "held" }).where(eq(agents.id, agent.id)),
      ...(await heldAgentStatements(deps, agent)),
    ]);
    deps.log("agent_held", { agent: agent.id });
  } catch (error) {
    // Another call was first.
    if (brokenPromise(error) !== "guard") throw error;
  }
  deps.hub.close(agent.id);
  // After the release both have to show again which one is there.
  deps.hub.boots.forget(agent.id);
}

/** A person has seen to it that one process alone has the key. */
export async function releaseAgent(
  deps: Pick<Deps, "db">,
  input: { readonly agent: string },
): Promise<{ readonly agent: string }> {
  const [row] = await deps.db.orm
    .update(agents)
    .set({ status: "approved" })
    .where(and(eq(agents.id, input.agent), eq(agents.status, "held")))
    .returning({ id: agents.id });
  if (!row) throw new AppError("NOT_FOUND", "no held agent of this id");
  return { agent: row.id };
}
