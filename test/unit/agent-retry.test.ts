import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pauseMs, reactionTo, withRetry } from "#agent/loop/retry.ts";
import { AppError, ERRORS, type ErrorCode } from "#domain/errors.ts";
import { shows } from "../fault/faults.ts";

const failure = (code: ErrorCode, detail: Record<string, unknown> = {}) =>
  new AppError(code, "test", { detail });

describe("what a failed call leads to", () => {
  test.each([
    ["AGENT_PORTAL", {}, "retry"],
    ["INPUT_RATE_LIMITED", { status: 429 }, "retry"],
    ["INTERNAL", { status: 500 }, "retry"],
    ["AGENT_CLOCK", { status: 403 }, "retry"],
    ["AGENT_SESSION", { status: 401 }, "session"],
    ["AGENT_REPLAY", { status: 409 }, "replay"],
    ["AGENT_PENDING", { status: 403 }, "pending"],
    ["AGENT_HELD", { status: 403 }, "pending"],
    ["JOB_GAP", { status: 409 }, "give_up"],
    ["JOB_STALE_LEASE", { status: 409 }, "give_up"],
    ["AGENT_REVOKED", { status: 403 }, "give_up"],
    ["AGENT_PROTOCOL", { status: 426 }, "give_up"],
  ] as const)("%s with %j is %s", (code, detail, reaction) => {
    expect(reactionTo(failure(code, detail))).toBe(reaction);
  });

  test("a refusal the portal wrote with a 4xx is never retried unless the table says it may succeed", () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const { status, retryable } = ERRORS[code];
      if (status === 429 || status >= 500 || retryable) continue;
      expect(reactionTo(failure(code, { status })), code).toBe("give_up");
    }
  });

  test("a defect of our own is not retried", () => {
    expect(reactionTo(new TypeError("x"))).toBe("give_up");
  });
});

describe("the pause before the next try", () => {
  test("lies anywhere between nothing and a bound that doubles from 1 s to 60 s", {
    tags: shows("agent", 8),
  }, () => {
    fc.assert(
      fc.property(
        fc.nat(200),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, x) => {
          const bound = Math.min(60_000, 1_000 * 2 ** attempt);
          expect(pauseMs(attempt, () => x)).toBe(Math.round(x * bound));
        },
      ),
    );
  });

  test("ends with the signal, and begins anew for the next call", async () => {
    const pauses: number[] = [];
    const control = new AbortController();
    const retries = {
      signal: control.signal,
      rng: () => 0.5,
      renewSession: () => undefined,
      onPause: (_error: unknown, ms: number) => pauses.push(ms),
      sleep: async (_ms: number, signal: AbortSignal) => signal.throwIfAborted(),
    };
    let left = 3;
    const call = async (): Promise<string> => {
      if (left-- > 0) throw failure("AGENT_PORTAL");
      return "done";
    };
    expect(await withRetry(call, retries)).toBe("done");
    left = 1;
    expect(await withRetry(call, retries)).toBe("done");
    expect(pauses).toEqual([500, 1_000, 2_000, 500]);
    left = 5;
    const reason = failure("JOB_CANCELLED");
    const ended = withRetry(call, { ...retries, onPause: () => control.abort(reason) });
    await expect(ended).rejects.toBe(reason);
  });
});
