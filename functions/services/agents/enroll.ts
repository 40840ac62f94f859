import { and, eq, isNull, sql } from "drizzle-orm";
import type { z } from "zod";
import { brokenPromise, guard } from "#db/guard.ts";
import { agents, enrollCodes } from "#db/schema/agents.ts";
import { AppError } from "#domain/errors.ts";
import {
  fingerprint,
  importPublicKey,
  openRequest,
  peekHeader,
  thumbprint,
} from "#protocol/jws.ts";
import { AGENT_API, type EnrollAnswer, EnrollRequest } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { checkHeader, readJws, readPayload } from "./authenticate.ts";
import { hashOfCode } from "./create-code.ts";

/**
 * Takes a new key by a one-time code; it works only after a person compared the fingerprint and
 * approved it. The same key with the same code gets the same answer again.
 */
export async function enrollAgent(
  deps: Deps,
  body: unknown,
): Promise<z.infer<typeof EnrollAnswer>> {
  const jws = readJws(body);
  const claimed = peekHeader(jws);
  const request = readPayload(EnrollRequest, decode(jws.payload));
  const print = await thumbprint(request.jwk);
  const { header } = await openRequest(jws, await importPublicKey(request.jwk));
  if (claimed.kid !== print) throw new AppError("AGENT_SIGNATURE", "kid is not the thumbprint");
  checkHeader(deps, header, `${AGENT_API}/enroll`);

  const now = deps.now().toISOString();
  const hash = hashOfCode(request.code);
  const [code] = await deps.db.orm.select().from(enrollCodes).where(eq(enrollCodes.hash, hash));
  const [known] = await deps.db.orm.select().from(agents).where(eq(agents.thumbprint, print));
  const answer = (agent: string) => ({
    agent,
    fingerprint: fingerprint(print),
    server: { jwk: deps.serverKey.jwk },
  });
  if (code?.usedBy === print && known) return answer(known.id);
  if (!code || code.usedAt !== null || code.expiresAt <= now || known) {
    throw new AppError("AGENT_CODE", "no such code, used, expired, or the key is enrolled");
  }
  const id = deps.newId();
  try {
    await deps.db.write([
      guard(
        sql`EXISTS (SELECT 1 FROM ${enrollCodes} WHERE ${enrollCodes.hash} = ${hash} AND ${enrollCodes.usedAt} IS NULL)`,
      ),
      deps.db.orm
        .update(enrollCodes)
        .set({ usedAt: now, usedBy: print })
        .where(and(eq(enrollCodes.hash, hash), isNull(enrollCodes.usedAt))),
      deps.db.orm.insert(agents).values({
        id,
        status: "pending",
        thumbprint: print,
        jwk: request.jwk,
        fingerprint: fingerprint(print),
        hostname: request.hostname,
        version: request.version,
        agencies: code.agencies,
        enrolledAt: now,
      }),
    ]);
  } catch (error) {
    if (brokenPromise(error) === null) throw error;
    throw new AppError("AGENT_CODE", "another agent was first with this code", { cause: error });
  }
  deps.log("agent_enrolled", { agent: id });
  return answer(id);
}

function decode(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  } catch (cause) {
    throw new AppError("INPUT_MALFORMED", "the payload is not JSON", { cause });
  }
}
