/**
 * Where commands run: the agent's own machine or a server over SSH, under one contract.
 *
 * - argv is a list, never a shell string; secrets never stand in it nor in env, only in files whose
 *   path may stand there
 * - streams are file descriptors, so that producer and store can be joined by the kernel: read and
 *   written bytes need not pass through JavaScript when both ends are local
 * - a child dies with the agent (pdeathsig) and its whole process group is ended on abort:
 *   SIGTERM, grace, SIGKILL
 */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Text for stdin; stdin is closed after it. Not for secrets' sake but so that none lands in argv. */
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** Default 60 s. */
  readonly timeoutMs?: number;
  /** Bound of stdout; more is an error. Default 8 MiB. stderr keeps its last 64 KiB. */
  readonly stdoutBytesMax?: number;
}

export interface Completed {
  /** Exit code; null where a signal, the agent or a lost connection ended it. */
  readonly code: number | null;
  /**
   * What ended it: a signal's name, or TIMEOUT, OUTPUT_LIMIT, BROKEN_PIPE (a copy between descriptor
   * and connection failed), CONNECTION_LOST. A program that the agent ended never has a code, even
   * if it answered SIGTERM with exit code 0.
   */
  readonly signal: string | null;
  readonly stdout: string;
  /** Last 64 KiB, as written: some tools echo rows. For classifying only; never logged or sent. */
  readonly stderr: string;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** `fd`: an open descriptor of the agent; the callee never closes it. `lines`: a pipe to talk over. */
  readonly stdin?: { readonly fd: number } | "lines" | "none";
  readonly stdout?: { readonly fd: number } | "lines" | "ignore";
}

export interface Running {
  /** Resolves when the program has ended and its output is through. Never rejects. */
  readonly exit: Promise<Completed>;
  /** With `lines`: writes one line (the newline is added). */
  write(line: string): void;
  /** With `lines`: closes stdin. */
  end(): void;
  /** With `lines`: the lines of stdout, for one consumer, who may leave a loop and go on in another. */
  readonly lines: AsyncIterable<string>;
  /** Starts the kill ladder; `exit` tells when it is over. */
  kill(): void;
}

export interface Host {
  readonly kind: "local" | "ssh";
  /** Runs to the end. Rejects only where the program could not be started (SSH_*, ENGINE_TOOL_MISSING). */
  run(argv: readonly string[], options?: RunOptions): Promise<Completed>;
  spawn(argv: readonly string[], options?: SpawnOptions): Promise<Running>;
  [Symbol.asyncDispose](): Promise<void>;
}
