const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

export interface SignalWatch {
  /** Of the first signal; null without one. */
  readonly exitCode: number | null;
  stopListening(): void;
}

/** Tells of each SIGINT or SIGTERM; a third one ends the process where it stands. */
export function onSignals(heard: (count: number) => void): SignalWatch {
  let count = 0;
  let exitCode: number | null = null;
  const listen = (signal: NodeJS.Signals): void => {
    count += 1;
    exitCode ??= EXIT_CODES[signal as keyof typeof EXIT_CODES];
    if (count > 2) process.exit(exitCode);
    heard(count);
  };
  process.on("SIGINT", listen).on("SIGTERM", listen);
  return {
    get exitCode() {
      return exitCode;
    },
    stopListening: () => void process.off("SIGINT", listen).off("SIGTERM", listen),
  };
}
