import type { Completed, Host, Running, RunOptions, SpawnOptions } from "./host.ts";
import type { SuperviseOptions } from "./supervise.ts";

const RUN_TIMEOUT_MS = 60_000;
const RUN_STDOUT_BYTES_MAX = 8 * 1024 * 1024;

/** Starts a program; what it means to be supervised is the same for all hosts. */
export type Start = (
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  options: Omit<SuperviseOptions, "patience">,
) => Promise<Running>;

/** A host from its way to start a program. On disposal what still runs is ended, then `close` is called. */
export function makeHost(
  kind: Host["kind"],
  start: Start,
  close: () => Promise<void> = async () => {},
): Host {
  const live = new Set<Running>();
  const started: Start = async (argv, env, options) => {
    const running = await start(argv, env, options);
    live.add(running);
    void running.exit.then(() => live.delete(running));
    return running;
  };
  return {
    kind,
    spawn: (argv, options: SpawnOptions = {}) =>
      started(argv, options.env ?? {}, {
        stdin: options.stdin ?? "none",
        stdout: options.stdout ?? "ignore",
        signal: options.signal,
      }),
    run: async (argv, options: RunOptions = {}): Promise<Completed> => {
      const running = await started(argv, options.env ?? {}, {
        stdin: options.input === undefined ? "none" : { text: options.input },
        stdout: { bytesMax: options.stdoutBytesMax ?? RUN_STDOUT_BYTES_MAX },
        signal: options.signal,
        timeoutMs: options.timeoutMs ?? RUN_TIMEOUT_MS,
      });
      return running.exit;
    },
    [Symbol.asyncDispose]: async () => {
      for (const running of live) running.kill();
      await Promise.all([...live].map((running) => running.exit));
      await close();
    },
  };
}
