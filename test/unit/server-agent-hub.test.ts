import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAgentHub } from "#functions/services/agents/hub.ts";

const never = new AbortController().signal;

describe("request numbers of an agent's session", () => {
  it("are each taken once, whatever order they come in within the window", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 100 }), (numbers) => {
        const hub = createAgentHub();
        hub.open("agen", "sid");
        const session = hub.session("sid");
        if (!session) throw new Error("no session");
        const seen = new Set<number>();
        for (const n of numbers) {
          expect(hub.take(session, n)).toBe(!seen.has(n));
          seen.add(n);
        }
      }),
    );
  });

  it("are refused when too old to tell, and the memory of them stays small", () => {
    const hub = createAgentHub();
    hub.open("agen", "sid");
    const session = hub.session("sid");
    if (!session) throw new Error("no session");
    for (let n = 1; n <= 5_000; n += 1) hub.take(session, n);
    expect(session.seen.size).toBeLessThanOrEqual(256);
    expect(hub.take(session, 4_000)).toBe(false);
  });
});

describe("held polls", () => {
  it("end by a wake, a newer poll, an abort, a new session, or the time limit", async () => {
    const hub = createAgentHub();
    const first = hub.hold("agen", 60_000, never);
    const second = hub.hold("agen", 60_000, never);
    expect(await first.done).toBe("ended");
    hub.wake("agen");
    expect(await second.done).toBe("woken");
    const gone = new AbortController();
    const third = hub.hold("agen", 60_000, gone.signal);
    gone.abort();
    expect(await third.done).toBe("ended");
    const fourth = hub.hold("agen", 60_000, never);
    hub.open("agen", "baru");
    expect(await fourth.done).toBe("ended");
    expect(await hub.hold("agen", 1, never).done).toBe("ended");
    expect(await hub.hold("agen", 60_000, AbortSignal.abort()).done).toBe("ended");
    expect(hub.held).toBe(0);
  });

  it("lose no wake that comes between the look for work and the wait", async () => {
    const hub = createAgentHub();
    const hold = hub.hold("agen", 60_000, never);
    hub.wake("agen");
    expect(await hold.done).toBe("woken");
  });
});
