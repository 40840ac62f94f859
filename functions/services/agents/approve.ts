import { and, eq } from "drizzle-orm";
import { agents } from "#db/schema/agents.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";

/** Approves an enrolled agent whose key has the fingerprint that the operator reads on its screen. */
export async function approveAgent(
  deps: Pick<Deps, "db" | "now">,
  input: { readonly agent: string; readonly fingerprint: string },
): Promise<{ readonly agent: string }> {
  const [row] = await deps.db.orm.select().from(agents).where(eq(agents.id, input.agent));
  if (!row) throw new AppError("NOT_FOUND", "no such agent");
  if (plain(row.fingerprint) !== plain(input.fingerprint)) {
    throw new AppError("AGENT_SIGNATURE", "another fingerprint");
  }
  if (row.status === "revoked") throw new AppError("AGENT_REVOKED", input.agent);
  // Another decision, with another question to the person: see `releaseAgent`.
  if (row.status === "held") throw new AppError("AGENT_HELD", input.agent);
  await deps.db.orm
    .update(agents)
    .set({ status: "approved", approvedAt: row.approvedAt ?? deps.now().toISOString() })
    .where(and(eq(agents.id, input.agent), eq(agents.status, row.status)));
  return { agent: input.agent };
}

function plain(fingerprint: string): string {
  return fingerprint.toUpperCase().replace(/[\s-]/g, "");
}
