import { streamSSE } from "hono/streaming";
import type { AppContext } from "./app-env.ts";

/** So that proxies between do not take a silent stream for a dead one. */
const PING_MS = 15_000;

export interface SentEvent {
  readonly id: string | null;
  readonly type: string;
  readonly data: unknown;
}

/** Server-sent events until the reader goes or the signal it was opened with fires. */
export async function sendEvents(
  c: AppContext,
  open: (signal: AbortSignal) => Promise<AsyncIterable<SentEvent>>,
): Promise<Response> {
  const ended = new AbortController();
  const events = await open(AbortSignal.any([ended.signal, c.req.raw.signal]));
  c.header("x-accel-buffering", "no");
  return streamSSE(c, async (stream) => {
    stream.onAbort(() => ended.abort());
    const ping = setInterval(() => void stream.write(": ping\n\n"), PING_MS);
    try {
      await stream.write(": terhubung\n\n");
      for await (const { id, type, data } of events) {
        await stream.writeSSE({
          event: type,
          data: JSON.stringify(data),
          ...(id === null ? {} : { id }),
        });
      }
    } finally {
      clearInterval(ping);
    }
  });
}
