import { finished, type Readable, type Writable } from "node:stream";
import { Capture, Tail } from "./capture.ts";
import { readFrom, writeTo } from "./fd-stream.ts";
import type { Completed, Running } from "./host.ts";
import { LineQueue } from "./lines.ts";

/** What a host must provide of a started program; the rest of the contract is the same for all hosts. */
export interface Child {
  /** Null where the kernel feeds it or there is none. */
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable;
  /** The program itself is over, though output may still be on its way. Never rejects. */
  readonly ended: Promise<Ending>;
  /** To the whole process group. Never throws. */
  signal(name: "SIGTERM" | "SIGKILL"): void;
  /** Lets go of all that is still open; `ended` resolves at the latest now if the host can tell no more. */
  release(): void;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface Patience {
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  /** How long output may stay silent after the program's end: a grandchild may hold the pipe for ever. */
  readonly outputWaitMs: number;
}

export const PATIENCE: Patience = { graceMs: 5_000, outputWaitMs: 2_000 };

export interface SuperviseOptions {
  readonly stdin: { readonly fd: number } | { readonly text: string } | "lines" | "none";
  readonly stdout: { readonly fd: number } | { readonly bytesMax: number } | "lines" | "ignore";
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly patience: Patience;
}

const STDERR_TAIL_BYTES = 64 * 1024;
/** Of a program that the agent ended only its last words are of interest. */
const OUTPUT_WAIT_AFTER_KILL_MS = 250;

/**
 * Joins a program with its streams and sees it to its end.
 *
 * A program that the agent ended never counts as having succeeded, even if it answered SIGTERM with
 * exit code 0: `code` is null then and `signal` says why.
 */
export function supervise(child: Child, options: SuperviseOptions): Running {
  const stderr = new Tail(STDERR_TAIL_BYTES);
  const capture = new Capture(typeof options.stdout === "object" ? bytesMaxOf(options.stdout) : 0);
  const lines = new LineQueue(() => child.stdout?.resume());
  const timers = new Set<NodeJS.Timeout>();
  let cause: string | null = null;
  let hasEnded = false;
  let lastMoveAt = performance.now();
  let copyOut: Writable | null = null;

  const kill = (reason: string): void => {
    if (cause !== null || hasEnded) return;
    cause = reason;
    child.signal("SIGTERM");
    after(options.patience.graceMs, () => {
      child.signal("SIGKILL");
      after(options.patience.graceMs, () => child.release());
    });
  };
  const after = (ms: number, action: () => void): void => {
    timers.add(setTimeout(action, ms));
  };
  const onAbort = (): void => kill("ABORTED");

  child.stderr.on("data", (chunk: Buffer) => {
    lastMoveAt = performance.now();
    stderr.push(chunk);
  });
  child.stdout?.on("data", (chunk: Buffer) => {
    lastMoveAt = performance.now();
    if (options.stdout === "lines") {
      if (!lines.push(chunk)) kill("OUTPUT_LIMIT");
      // After the end only a kernel buffer's worth is left, and waiting for a reader would hang `exit`.
      if (lines.isFull && !hasEnded) child.stdout?.pause();
    } else if (typeof options.stdout === "object" && "bytesMax" in options.stdout) {
      if (!capture.push(chunk)) kill("OUTPUT_LIMIT");
    }
  });
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.on("error", ignore);

  feed();
  const outputs = Promise.all([passOn(), endOfReading(child.stderr)]);

  if (options.timeoutMs !== undefined) after(options.timeoutMs, () => kill("TIMEOUT"));
  options.signal?.addEventListener("abort", onAbort, { once: true });
  if (options.signal?.aborted) onAbort();

  return {
    exit: settle(),
    write: (line) => {
      child.stdin?.write(`${line}\n`);
    },
    end: () => {
      child.stdin?.end();
    },
    lines,
    kill: () => kill("KILLED"),
  };

  function feed(): void {
    if (child.stdin === null || options.stdin === "lines") return;
    if (options.stdin === "none") child.stdin.end();
    else if ("text" in options.stdin) child.stdin.end(options.stdin.text);
    else {
      const source = readFrom(options.stdin.fd);
      const stdin = child.stdin;
      // A source that breaks must not look like one that ended.
      source.on("error", () => kill("BROKEN_PIPE"));
      source.pipe(stdin);
      void child.ended.then(() => source.destroy());
      stdin.on("close", () => source.destroy());
    }
  }

  /** Resolves when all of stdout has reached its destination. */
  async function passOn(): Promise<void> {
    if (child.stdout === null) return;
    if (typeof options.stdout === "object" && "fd" in options.stdout) {
      const copy = writeTo(options.stdout.fd);
      copyOut = copy;
      child.stdout.pipe(copy);
      copy.on("error", () => kill("BROKEN_PIPE"));
      await endOfWriting(copy);
    } else {
      await endOfReading(child.stdout);
    }
  }

  async function settle(): Promise<Completed> {
    const ending = await child.ended;
    hasEnded = true;
    lastMoveAt = performance.now();
    options.signal?.removeEventListener("abort", onAbort);
    // What outlived its leader in the group that was to be ended.
    if (cause !== null) child.signal("SIGKILL");
    if (options.stdout === "lines") child.stdout?.resume();
    await Promise.race([outputs, silence()]);
    for (const timer of timers) clearTimeout(timer);
    child.release();
    copyOut?.destroy();
    const isWhole = cause === null && ending.code === 0;
    lines.finish({ isWhole });
    return {
      code: cause === null ? ending.code : null,
      signal: cause === null ? ending.signal : reasonFor(cause, ending),
      stdout: capture.text(),
      stderr: stderr.text(),
    };
  }

  /** Resolves once nothing has moved for a while, unless it is the reader of our copy who is slow. */
  function silence(): Promise<void> {
    const { outputWaitMs } = options.patience;
    const waitMs =
      cause === null ? outputWaitMs : Math.min(outputWaitMs, OUTPUT_WAIT_AFTER_KILL_MS);
    return new Promise((resolve) => {
      const look = (): void => {
        const isWaitingForReader = cause === null && (copyOut?.writableLength ?? 0) > 0;
        const left = lastMoveAt + waitMs - performance.now();
        if (isWaitingForReader) after(waitMs, look);
        else if (left > 0) after(left, look);
        else resolve();
      };
      look();
    });
  }
}

function bytesMaxOf(stdout: { readonly fd: number } | { readonly bytesMax: number }): number {
  return "bytesMax" in stdout ? stdout.bytesMax : 0;
}

function reasonFor(cause: string, ending: Ending): string {
  if (cause !== "ABORTED" && cause !== "KILLED") return cause;
  return ending.signal ?? "SIGTERM";
}

/** Either direction for itself: over SSH stdin and stdout are one stream. */
function endOfReading(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    finished(stream, { writable: false }, () => resolve());
  });
}

function endOfWriting(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    finished(stream, { readable: false }, () => resolve());
  });
}

/** Broken pipes show in the exit code; without a listener they would end the agent. */
function ignore(): void {}
