import { AppError } from "#domain/errors.ts";
import { LEASE_MS } from "#protocol/v1.ts";
import type { AgentContext, Work } from "../context.ts";

/**
 * Asks the portal whether the lease still holds. Call what it gives right before the effect: a machine
 * that stood still after the answer goes on as if nothing had been, hours later. It throws
 * JOB_STALE_LEASE then, by the wall clock, which the standstill has not stopped.
 */
export async function confirmedLease(ctx: AgentContext, work: Work): Promise<() => void> {
  const askedAt = ctx.now().getTime();
  await work.confirmLease();
  return () => {
    if (Math.abs(ctx.now().getTime() - askedAt) > LEASE_MS) {
      throw new AppError("JOB_STALE_LEASE", "too long ago that the portal confirmed the lease");
    }
  };
}
