/**
 * What is known of agents in memory only: their open session, the poll that is held, when they were
 * last seen. Losing it costs an agent one new session.
 */
import { type BootLog, createBootLog } from "./boots.ts";

export interface AgentSession {
  readonly sid: string;
  readonly agent: string;
  /** Highest request number seen, and those seen just below it. */
  highest: number;
  readonly seen: Set<number>;
}

export interface Hold {
  readonly done: Promise<"woken" | "ended">;
  release(): void;
}

export interface AgentHub {
  /** Replaces the agent's session; a poll held by the former one ends. */
  open(agent: string, sid: string): void;
  session(sid: string): AgentSession | null;
  close(agent: string): void;
  /** Takes a request number; false where it was taken before or is too old to tell. */
  take(session: AgentSession, n: number): boolean;
  /**
   * Begins to wait for a wake, a newer poll of the agent, the signal or the time limit. Begun before
   * looking for work, so that no wake falls between the look and the wait.
   */
  hold(agent: string, holdMs: number, signal: AbortSignal): Hold;
  wake(agent: string): void;
  /** Ends every held poll, for the shut-down. */
  endAll(): void;
  saw(agent: string, at: Date): void;
  lastSeen(agent: string): Date | null;
  /** Agents seen since the last call. */
  takeSeen(): ReadonlyMap<string, Date>;
  /** Which process uses the key of which agent. */
  readonly boots: BootLog;
  readonly held: number;
  readonly sessions: number;
}

/**
 * Requests of one session may overtake each other on different connections, so numbers need only be
 * new, not rising: a window as in IPsec (RFC 4303, 3.4.3).
 */
const WINDOW = 256;

export function createAgentHub(): AgentHub {
  const sessions = new Map<string, AgentSession>();
  const sidOf = new Map<string, string>();
  const held = new Map<string, (how: "woken" | "ended") => void>();
  const seenAt = new Map<string, Date>();
  let unflushed = new Map<string, Date>();

  const close = (agent: string): void => {
    const sid = sidOf.get(agent);
    if (sid !== undefined) sessions.delete(sid);
    sidOf.delete(agent);
    held.get(agent)?.("ended");
  };
  return {
    open(agent, sid) {
      close(agent);
      sidOf.set(agent, sid);
      sessions.set(sid, { sid, agent, highest: 0, seen: new Set() });
    },
    session: (sid) => sessions.get(sid) ?? null,
    close,
    take(session, n) {
      if (n <= session.highest - WINDOW || session.seen.has(n)) return false;
      session.seen.add(n);
      if (n > session.highest) {
        session.highest = n;
        for (const old of session.seen) if (old <= n - WINDOW) session.seen.delete(old);
      }
      return true;
    },
    hold(agent, holdMs, signal) {
      held.get(agent)?.("ended");
      const { promise: done, resolve } = Promise.withResolvers<"woken" | "ended">();
      const end = (how: "woken" | "ended"): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", release);
        if (held.get(agent) === end) held.delete(agent);
        resolve(how);
      };
      const release = (): void => end("ended");
      const timer = setTimeout(release, holdMs);
      held.set(agent, end);
      if (signal.aborted) release();
      else signal.addEventListener("abort", release);
      return { done, release };
    },
    wake: (agent) => held.get(agent)?.("woken"),
    endAll() {
      for (const end of [...held.values()]) end("ended");
    },
    saw(agent, at) {
      seenAt.set(agent, at);
      unflushed.set(agent, at);
    },
    lastSeen: (agent) => seenAt.get(agent) ?? null,
    takeSeen() {
      const taken = unflushed;
      unflushed = new Map();
      return taken;
    },
    boots: createBootLog(),
    get held() {
      return held.size;
    },
    get sessions() {
      return sessions.size;
    },
  };
}
