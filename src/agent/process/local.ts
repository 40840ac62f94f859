import { type ChildProcess, spawn as spawnChild } from "node:child_process";
import { once } from "node:events";
import { AppError } from "#domain/errors.ts";
import { childPath, findProgram } from "./find-program.ts";
import type { Completed, Host, Running, RunOptions, SpawnOptions } from "./host.ts";
import {
  type Child,
  type Ending,
  PATIENCE,
  type Patience,
  type SuperviseOptions,
  supervise,
} from "./supervise.ts";

const RUN_TIMEOUT_MS = 60_000;
const RUN_STDOUT_BYTES_MAX = 8 * 1024 * 1024;

/** The agent's own machine. */
export function localHost(patience: Partial<Patience> = {}): Host {
  const { PATH: own } = process.env;
  const path = childPath(own);
  // pdeathsig makes the kernel end the child when the agent dies, even by SIGKILL.
  const setpriv = findProgram("setpriv", path);
  const leash = setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL", "--"];
  const live = new Set<Running>();

  const start = async (
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    options: Omit<SuperviseOptions, "patience">,
  ): Promise<Running> => {
    const [name = "", ...rest] = argv;
    const program = findProgram(name, path);
    if (program === null) throw missing(name, "not found");
    const [file = "", ...args] = [...leash, program, ...rest];
    const child = spawnChild(file, args, {
      cwd: "/",
      env: { PATH: path, LANG: "C.UTF-8", LC_ALL: "C.UTF-8", ...env },
      detached: true,
      stdio: [stdinOf(options.stdin), stdoutOf(options.stdout), "pipe"],
    });
    const ended = endingOf(child);
    try {
      await once(child, "spawn");
    } catch (error) {
      throw missing(name, (error as NodeJS.ErrnoException).code ?? "unknown");
    }
    const running = supervise(childOf(child, ended), {
      ...options,
      patience: { ...PATIENCE, ...patience },
    });
    live.add(running);
    void running.exit.then(() => live.delete(running));
    return running;
  };

  return {
    kind: "local",
    spawn: (argv, options: SpawnOptions = {}) =>
      start(argv, options.env ?? {}, {
        stdin: options.stdin ?? "none",
        stdout: options.stdout ?? "ignore",
        signal: options.signal,
      }),
    run: async (argv, options: RunOptions = {}): Promise<Completed> => {
      const running = await start(argv, options.env ?? {}, {
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
    },
  };
}

function childOf(child: ChildProcess, ended: Promise<Ending>): Child {
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || stderr === null) throw missing(child.spawnfile, "not started");
  return {
    stdin,
    stdout,
    stderr,
    ended,
    signal: (name) => {
      try {
        process.kill(-pid, name);
      } catch {
        // The group is gone already.
      }
    },
    release: () => {
      for (const stream of [stdin, stdout, stderr]) stream?.destroy();
    },
  };
}

/** 'exit', not 'close': with a descriptor handed over, or a grandchild on the pipe, 'close' may never come. */
function endingOf(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

function stdinOf(stdin: SuperviseOptions["stdin"]): "pipe" | "ignore" | number {
  if (stdin === "none") return "ignore";
  return typeof stdin === "object" && "fd" in stdin ? stdin.fd : "pipe";
}

function stdoutOf(stdout: SuperviseOptions["stdout"]): "pipe" | "ignore" | number {
  if (stdout === "ignore") return "ignore";
  return typeof stdout === "object" && "fd" in stdout ? stdout.fd : "pipe";
}

function missing(program: string, reason: string): AppError {
  return new AppError("ENGINE_TOOL_MISSING", `cannot start ${program}: ${reason}`, {
    detail: { program },
  });
}
