import type { EngineIo } from "#agent/engines/engine.ts";
import type { Host } from "#agent/process/host.ts";
import { localHost } from "#agent/process/local.ts";

export interface LocalIo extends EngineIo {
  /** All that the engine wrote to the agent's log. */
  readonly logged: { readonly message: string; readonly detail: unknown }[];
  /** Statements sent to clients so far. */
  statements(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** EngineIo on this machine, as the agent's own. */
export function localIo(
  options: {
    /** A folder whose programs are found before the system's. */
    readonly programs?: string;
    /** Calls everything off instead of sending this statement, counted over all sessions. */
    readonly cutAtStatement?: number;
  } = {},
): LocalIo {
  const host = hostWith(options.programs);
  const stop = new AbortController();
  const logged: LocalIo["logged"] = [];
  let statements = 0;
  const counting: Host = {
    kind: host.kind,
    run: (argv, given) => host.run(argv, given),
    spawn: async (argv, given) => {
      const running = await host.spawn(argv, given);
      return {
        ...running,
        write: (line) => {
          statements += 1;
          // What the engine sends afterwards, to clean up, gets through.
          if (statements === options.cutAtStatement) stop.abort();
          else running.write(line);
        },
      };
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
  return {
    host: counting,
    signal: stop.signal,
    now: () => new Date(),
    logged,
    log: (message, detail) => logged.push({ message, detail }),
    statements: () => statements,
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

/** A host reads PATH when it is made, and never again. */
export function hostWith(programs: string | undefined): Host {
  const { PATH: before = "" } = process.env;
  if (programs !== undefined) process.env.PATH = `${programs}:${before}`;
  try {
    return localHost();
  } finally {
    process.env.PATH = before;
  }
}
