/**
 * Which process uses an agent's key. A process makes up its boot id when it starts, so one that was
 * replaced by another never comes back, unless both are alive: then the key is in two places, as
 * after the copy of a virtual machine.
 */

/** A machine that is switched off and on again many times leaves a trail no longer than this. */
const FORMER_MAX = 16;

interface Boots {
  readonly current: string;
  /** By the process's own clock, in unix seconds. */
  readonly since: number;
  /** When it took the place of one that had been heard of just before; null otherwise. */
  readonly takenOverAt: Date | null;
  /** It said that it ends. */
  readonly hasEnded: boolean;
  readonly former: readonly string[];
}

export interface BootLog {
  /**
   * A process asks for a session. `returned`: one that was replaced before is back, after the one
   * that replaced it began. `late`: the same, but said before that, so it is an old message.
   */
  opened(agent: string, claim: BootClaim): "taken" | "returned" | "late";
  /** When the process took the place of one that may still be alive; null once that is no matter. */
  takenOverAt(agent: string): Date | null;
  /** The process ends in order. */
  ended(agent: string): void;
  forget(agent: string): void;
}

export interface BootClaim {
  readonly bootId: string;
  /** When the process says it asks, in unix seconds. */
  readonly iat: number;
  readonly at: Date;
  /** Another process of this agent may be alive: it was heard of just now. */
  readonly otherHeard: boolean;
}

export function createBootLog(): BootLog {
  const known = new Map<string, Boots>();
  return {
    opened(agent, { bootId, iat, at, otherHeard }) {
      const boots = known.get(agent);
      if (boots?.current === bootId) {
        known.set(agent, { ...boots, hasEnded: false });
        return "taken";
      }
      if (boots?.former.includes(bootId)) return iat < boots.since ? "late" : "returned";
      // Whom one that has ended took the place of may still be alive.
      const takenOverAt = boots?.hasEnded ? boots.takenOverAt : boots && otherHeard ? at : null;
      known.set(agent, {
        current: bootId,
        since: iat,
        takenOverAt,
        hasEnded: false,
        former: boots ? [boots.current, ...boots.former].slice(0, FORMER_MAX) : [],
      });
      return "taken";
    },
    takenOverAt: (agent) => known.get(agent)?.takenOverAt ?? null,
    ended(agent) {
      const boots = known.get(agent);
      if (boots) known.set(agent, { ...boots, hasEnded: true });
    },
    forget: (agent) => void known.delete(agent),
  };
}
