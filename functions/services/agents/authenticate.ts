import { eq, sql } from "drizzle-orm";
import type { z } from "zod";
import type { Orm } from "#db/client.ts";
import { agents } from "#db/schema/agents.ts";
import { AppError } from "#domain/errors.ts";
import { importPublicKey, openRequest, peekHeader } from "#protocol/jws.ts";
import { CLOCK_SKEW_MAX_S, FlattenedJws, type ProtectedHeader } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";

/** Of an agent's row, what its calls need: it is read with every one of them. */
const COLUMNS = {
  id: agents.id,
  status: agents.status,
  thumbprint: agents.thumbprint,
  jwk: agents.jwk,
  hostname: agents.hostname,
};

export type AgentRow = Pick<typeof agents.$inferSelect, keyof typeof COLUMNS>;

/** One request of an agent, its signature proven. */
export interface AgentCall<T> {
  readonly agent: AgentRow;
  readonly header: ProtectedHeader;
  readonly payload: T;
}

type KnownDeps = Pick<Deps, "db" | "now">;

/** Keys are imported once; a row never changes its key. */
const keys = new Map<string, Promise<CryptoKey>>();

const agentById = (orm: Orm) =>
  orm
    .select(COLUMNS)
    .from(agents)
    .where(eq(agents.id, sql.placeholder("id")))
    .prepare();

/** Proves who sent the body, for this very path, now. The agent must be approved. */
export async function authenticateAgent<T>(
  deps: KnownDeps,
  input: { readonly path: string; readonly body: unknown; readonly schema: z.ZodType<T> },
): Promise<AgentCall<T>> {
  const jws = readJws(input.body);
  const claimed = peekHeader(jws);
  const [agent] = await deps.db.kept(agentById).execute({ id: claimed.kid });
  if (!agent) throw new AppError("AGENT_UNKNOWN", "no agent of this id");
  const { header, payload } = await openRequest(jws, await publicKeyOf(agent));
  checkHeader(deps, header, input.path);
  if (agent.status === "pending") throw new AppError("AGENT_PENDING", agent.id);
  if (agent.status === "held") throw new AppError("AGENT_HELD", agent.id);
  if (agent.status === "revoked") throw new AppError("AGENT_REVOKED", agent.id);
  return { agent, header, payload: readPayload(input.schema, payload) };
}

/** The same for a call within a session: known session of this agent, request number not seen before. */
export async function authenticateInSession<T>(
  deps: KnownDeps & Pick<Deps, "hub">,
  input: { readonly path: string; readonly body: unknown; readonly schema: z.ZodType<T> },
): Promise<AgentCall<T>> {
  const call = await authenticateAgent(deps, input);
  const { sid, n } = call.header;
  const session = sid === undefined ? null : deps.hub.session(sid);
  if (session?.agent !== call.agent.id || n === undefined) {
    throw new AppError("AGENT_SESSION", "no such session");
  }
  if (!deps.hub.take(session, n)) throw new AppError("AGENT_REPLAY", `request ${n} was seen`);
  deps.hub.saw(call.agent.id, deps.now());
  return call;
}

export function readJws(body: unknown): FlattenedJws {
  const jws = FlattenedJws.safeParse(body);
  if (!jws.success) throw new AppError("INPUT_MALFORMED", "not a flattened JWS");
  return jws.data;
}

export function readPayload<T>(schema: z.ZodType<T>, payload: unknown): T {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => issue.path.join(".") || "(root)");
  throw new AppError("INPUT_MALFORMED", `payload: ${places.slice(0, 5).join(", ")}`);
}

export function checkHeader(deps: Pick<Deps, "now">, header: ProtectedHeader, path: string): void {
  if (header.url !== path) throw new AppError("AGENT_SIGNATURE", "signed for another path");
  const nowS = deps.now().getTime() / 1000;
  if (Math.abs(nowS - header.iat) > CLOCK_SKEW_MAX_S) {
    throw new AppError("AGENT_CLOCK", `skew of ${Math.round(nowS - header.iat)} s`, {
      detail: { now: deps.now().toISOString() },
    });
  }
}

/** The key of an agent, also for the results it signs. */
export function publicKeyOf(agent: AgentRow): Promise<CryptoKey> {
  const key = keys.get(agent.thumbprint) ?? importPublicKey(agent.jwk);
  keys.set(agent.thumbprint, key);
  return key;
}
