import { flushSeen, sweepJobs } from "./agents/sweep.ts";
import { escalate } from "./clocks/escalate.ts";
import type { Deps } from "./deps.ts";
import { createSender, eraseToldNotices } from "./notices/send.ts";
import { purgeDrafts } from "./submissions/discard.ts";

const SWEEP_MS = 5_000;
const MINUTE_MS = 60_000;
const SEND_MS = 5_000;
const ERASE_MS = 60 * 60_000;

export interface Background {
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** What the portal does by itself: leases, escalations, notices. */
export function startBackground(deps: Deps, { leaseMs }: { readonly leaseMs: number }): Background {
  const upSince = deps.now();
  const sender = createSender(deps);
  const every = (work: () => Promise<unknown>, everyMs: number): NodeJS.Timeout =>
    setInterval(() => {
      work().catch((error: unknown) =>
        // A database error's own message holds parameters.
        deps.log("defect", {
          where: "background",
          error: error instanceof Error ? error.name : "unknown",
        }),
      );
    }, everyMs);
  const timers = [
    every(() => sweepJobs(deps, { upSince }), Math.min(SWEEP_MS, leaseMs)),
    every(() => flushSeen(deps), MINUTE_MS),
    every(() => escalate(deps), MINUTE_MS),
    every(() => sender.run(), SEND_MS),
    every(() => eraseToldNotices(deps), ERASE_MS),
    every(() => purgeDrafts(deps), ERASE_MS),
  ];
  return {
    async close() {
      for (const timer of timers) clearInterval(timer);
      await sender.close();
      await flushSeen(deps);
    },
  };
}
