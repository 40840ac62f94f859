import { and, eq, inArray } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { drills } from "#db/schema/agents.ts";
import { AppError } from "#domain/errors.ts";
import { type Envelope, openEnvelope } from "#domain/trust/dsse.ts";
import { DRILL_TYPE, DrillRecord } from "#protocol/manifest.ts";
import { type AgentRow, publicKeyOf } from "../agents/authenticate.ts";
import type { Deps } from "../deps.ts";

/**
 * Rows of the drills in a catalog that the portal does not have yet. Each must be signed by the agent
 * that sends it: AGENT_SIGNATURE. Those of a name the agent had before are the portal's already.
 */
export async function drillStatements(
  deps: Pick<Deps, "db" | "now">,
  agent: AgentRow,
  envelopes: readonly Envelope[],
): Promise<Statement[]> {
  const claimed = envelopes.flatMap((envelope) => {
    const record = recordIn(Buffer.from(envelope.payload, "base64"));
    return record?.agent === agent.id ? [{ envelope, record }] : [];
  });
  const known = await knownIds(
    deps,
    agent.id,
    claimed.map(({ record }) => record.id),
  );
  const recordedAt = deps.now().toISOString();
  const statements: Statement[] = [];
  for (const { envelope, record } of claimed) {
    if (known.has(record.id)) continue;
    // Only now is the signature worth its cost: a catalog repeats what was told before.
    if (!(await openEnvelope(await publicKeyOf(agent), DRILL_TYPE, envelope))) {
      throw new AppError("AGENT_SIGNATURE", "a drill is not signed by the agent that sends it");
    }
    const { id, alias, backup, level, ok, error, finishedAt } = record;
    statements.push(
      deps.db.orm
        .insert(drills)
        .values({
          agent: agent.id,
          id,
          alias,
          backup,
          level,
          ok,
          error,
          finishedAt,
          recordedAt,
          envelope: JSON.stringify(envelope),
        })
        .onConflictDoNothing(),
    );
  }
  return statements;
}

async function knownIds(
  { db }: Pick<Deps, "db">,
  agent: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db.orm
    .select({ id: drills.id })
    .from(drills)
    .where(and(eq(drills.agent, agent), inArray(drills.id, [...ids])));
  return new Set(rows.map(({ id }) => id));
}

function recordIn(payload: Uint8Array): DrillRecord | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
    return DrillRecord.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
