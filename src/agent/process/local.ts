import { type ChildProcess, spawn as spawnChild } from "node:child_process";
import { once } from "node:events";
import { AppError } from "#domain/errors.ts";
import { childPath, findProgram } from "./find-program.ts";
import type { Host } from "./host.ts";
import { makeHost, type Start } from "./make-host.ts";
import {
  type Child,
  type Ending,
  PATIENCE,
  type Patience,
  type SuperviseOptions,
  supervise,
} from "./supervise.ts";

/** The agent's own machine. */
export function localHost(patience: Partial<Patience> = {}): Host {
  const { PATH: own } = process.env;
  const path = childPath(own);
  // pdeathsig makes the kernel end the child when the agent dies, even by SIGKILL.
  const setpriv = findProgram("setpriv", path);
  const leash = setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL", "--"];

  const start: Start = async (argv, env, options) => {
    const [name = "", ...rest] = argv;
    const program = findProgram(name, path);
    if (program === null) throw notStarted(name, "ENOENT");
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
      throw notStarted(name, (error as NodeJS.ErrnoException).code ?? "unknown");
    }
    return supervise(childOf(child, ended), {
      ...options,
      patience: { ...PATIENCE, ...patience },
    });
  };

  return makeHost("local", start);
}

function childOf(child: ChildProcess, ended: Promise<Ending>): Child {
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || stderr === null) throw notStarted(child.spawnfile, "unknown");
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

/** The program is not there or may not be run; anything else is the agent's own want of resources. */
function notStarted(program: string, reason: string): AppError {
  const isMissing = ["ENOENT", "EACCES", "ENOEXEC"].includes(reason);
  return new AppError(
    isMissing ? "ENGINE_TOOL_MISSING" : "INTERNAL",
    `cannot start ${program}: ${reason}`,
    { detail: { program } },
  );
}
