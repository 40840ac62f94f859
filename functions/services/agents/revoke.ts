import { eq } from "drizzle-orm";
import { agents, agentTargets } from "#db/schema/agents.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";

/** Ends an agent's part for good: its next call is refused and its targets can be chosen no more. */
export async function revokeAgent(
  deps: Pick<Deps, "db" | "now">,
  input: { readonly agent: string },
): Promise<{ readonly agent: string }> {
  const [row] = await deps.db.orm
    .select({ id: agents.id })
    .from(agents)
    .where(eq(agents.id, input.agent));
  if (!row) throw new AppError("NOT_FOUND", "no such agent");
  await deps.db.write([
    deps.db.orm
      .update(agents)
      .set({ status: "revoked", revokedAt: deps.now().toISOString() })
      .where(eq(agents.id, input.agent)),
    deps.db.orm.delete(agentTargets).where(eq(agentTargets.agent, input.agent)),
  ]);
  return { agent: input.agent };
}
