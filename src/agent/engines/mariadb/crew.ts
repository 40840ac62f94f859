import type { SqlSession } from "../sql-session.ts";
import { connect, type Io, type MariadbTarget } from "./connect.ts";

/**
 * One session a guard; beyond them triggers are made a moment later. An SSH server allows ten
 * programs on a connection as a rule, and the others of a swap are six: that of the locks and those of
 * the crew. What is left is for a look at what users changed meanwhile, and the endings of programs.
 */
const GUARDS_MAX = { local: 32, ssh: 2 } as const;

/**
 * The sessions of one exchange of tables. They are opened together and before users have to wait:
 * over SSH the start of a client program takes a third of a second, its statements a thousandth.
 */
export interface Crew {
  /** Asks, notes and makes; holds no locks. */
  readonly observer: SqlSession;
  readonly writer: SqlSession;
  readonly latch: SqlSession;
  readonly mover: SqlSession;
  readonly snapshot: SqlSession;
  readonly guards: readonly SqlSession[];
  /** From now on these belong to somebody else and stay open. */
  handOver(...sessions: readonly SqlSession[]): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens them all or none; one guard a table with triggers, as far as there may be so many. */
export async function openCrew(
  target: MariadbTarget,
  tablesWithTriggers: number,
  io: Io,
): Promise<Crew> {
  const guardsWanted = Math.min(tablesWithTriggers, GUARDS_MAX[io.host.kind]);
  const attempts = Array.from({ length: 5 + guardsWanted }, () => connect(target, io));
  const opened = await Promise.allSettled(attempts);
  const sessions = new Set(opened.flatMap((one) => (one.status === "fulfilled" ? one.value : [])));
  const dispose = async () => {
    await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()));
  };
  const failure = opened.find((one) => one.status === "rejected");
  const [observer, writer, latch, mover, snapshot, ...guards] = sessions;
  if (failure || !observer || !writer || !latch || !mover || !snapshot) {
    await dispose();
    throw failure?.reason;
  }
  return {
    ...{ observer, writer, latch, mover, snapshot, guards },
    handOver: (...given) => {
      for (const session of given) sessions.delete(session);
    },
    [Symbol.asyncDispose]: dispose,
  };
}
