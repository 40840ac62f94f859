import type { z } from "zod";
import { AppError, ERRORS, type ErrorCode } from "#domain/errors.ts";
import { ErrorAnswer, type FlattenedJws } from "#protocol/v1.ts";

export interface Exchange<T> {
  readonly url: URL;
  readonly body: FlattenedJws;
  readonly schema: z.ZodType<T>;
  readonly timeoutMs: number;
  readonly bytesMax: number;
  readonly signal: AbortSignal;
}

/**
 * One request, one answer. Only a 2xx whose body is exactly what was asked for is success; whatever
 * else stands between (a proxy's page, a cut body) is AGENT_PORTAL. A refusal that the portal itself
 * wrote is thrown as the code it names, with the HTTP status in `detail.status`.
 */
export async function exchange<T>(call: Exchange<T>): Promise<T> {
  const timeout = AbortSignal.timeout(call.timeoutMs);
  let status = 0;
  let retryAfterMs: number | null = null;
  let text: string;
  try {
    const response = await fetch(call.url, {
      method: "POST",
      redirect: "manual",
      headers: { "content-type": "application/jose+json", accept: "application/json" },
      body: JSON.stringify(call.body),
      signal: AbortSignal.any([call.signal, timeout]),
    });
    status = response.status;
    retryAfterMs = secondsAsMs(response.headers.get("retry-after"));
    text = await readBounded(response, call.bytesMax);
  } catch (cause) {
    call.signal.throwIfAborted();
    if (cause instanceof AppError) throw cause;
    const kind = timeout.aborted ? "timeout" : "socket";
    throw new AppError("AGENT_PORTAL", `no answer from the portal: ${kind}`, {
      cause,
      detail: { kind },
    });
  }
  const json = parseJson(text);
  if (status >= 200 && status < 300) {
    const answer = call.schema.safeParse(json);
    if (answer.success) return answer.data;
    throw new AppError("AGENT_PORTAL", `status ${status} with an unreadable body`, {
      detail: { kind: "body", status },
    });
  }
  throw refusal(status, retryAfterMs, json);
}

function refusal(status: number, retryAfterMs: number | null, json: unknown): AppError {
  const detail = { status, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  const answer = ErrorAnswer.safeParse(json);
  if (!answer.success) {
    return new AppError("AGENT_PORTAL", `status ${status} from somewhere`, {
      detail: { kind: "status", ...detail },
    });
  }
  const { galat } = answer.data;
  const code: ErrorCode = isKnown(galat.code) ? galat.code : "INTERNAL";
  return new AppError(code, `the portal refuses (${galat.code}, request ${galat.requestId})`, {
    detail: { ...galat.detail, ...detail, requestId: galat.requestId },
    problems: galat.perbaikan,
  });
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

async function readBounded(response: Response, bytesMax: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > bytesMax) {
      throw new AppError("AGENT_PORTAL", `an answer of more than ${bytesMax} bytes`, {
        detail: { kind: "size" },
      });
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function secondsAsMs(header: string | null): number | null {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1000 : null;
}
