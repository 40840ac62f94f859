import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { AppError } from "#domain/errors.ts";
import type { Limits } from "../env.ts";

export type LimitKind = keyof Limits;

/** Attempts from one address in this process; the address never leaves memory. */
export interface AttemptLimits {
  /** Counts this attempt. INPUT_RATE_LIMITED when there were too many. */
  spend(kind: LimitKind, address: string): Promise<void>;
  /** Runs what may be a guess: only refusals of these codes count, and too many bar further tries. */
  guess<T>(
    kind: LimitKind,
    address: string,
    codes: readonly string[],
    attempt: () => Promise<T>,
  ): Promise<T>;
}

const HOUR_S = 60 * 60;
const WINDOWS: Readonly<Record<LimitKind, number>> = {
  signIn: HOUR_S / 4,
  submit: HOUR_S,
  track: HOUR_S,
  enroll: HOUR_S,
  feedback: HOUR_S,
};

export function createLimits(limits: Limits): AttemptLimits {
  const limiter = (kind: LimitKind): RateLimiterAbstract =>
    new RateLimiterMemory({ points: limits[kind], duration: WINDOWS[kind], keyPrefix: kind });
  const limiters: Readonly<Record<LimitKind, RateLimiterAbstract>> = {
    signIn: limiter("signIn"),
    submit: limiter("submit"),
    track: limiter("track"),
    enroll: limiter("enroll"),
    feedback: limiter("feedback"),
  };
  const spend = async (kind: LimitKind, address: string): Promise<void> => {
    try {
      await limiters[kind].consume(address);
    } catch (rejected) {
      if (!(rejected instanceof RateLimiterRes)) throw rejected;
      throw limited(kind, rejected.msBeforeNext);
    }
  };
  return {
    spend,
    async guess(kind, address, codes, attempt) {
      const before = await limiters[kind].get(address);
      if (before && before.consumedPoints >= limits[kind]) {
        throw limited(kind, before.msBeforeNext);
      }
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof AppError && codes.includes(error.code)) {
          await limiters[kind].penalty(address);
        }
        throw error;
      }
    },
  };
}

function limited(kind: LimitKind, msBeforeNext: number): AppError {
  return new AppError("INPUT_RATE_LIMITED", kind, {
    detail: { retryAfterSeconds: Math.ceil(msBeforeNext / 1000) },
  });
}
