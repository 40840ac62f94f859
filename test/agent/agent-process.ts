import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const MAIN = fileURLToPath(new URL("../../src/agent/main.ts", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AgentProcess extends AsyncDisposable {
  readonly ended: Promise<Ended>;
  readonly stderr: string;
  signal(name: NodeJS.Signals): void;
}

/** The agent's own program in a process of its own. */
export function startAgent(...args: readonly string[]): AgentProcess {
  return startNode([MAIN, ...args]);
}

/** Another program in the agent's place, or the agent with something loaded before it. */
export function startNode(
  args: readonly string[],
  added: Readonly<Record<string, string>> = {},
): AgentProcess {
  const { PULIH_AGENT_CONFIG: _ignored, ...env } = process.env;
  const child: ChildProcess = spawn(process.execPath, args, {
    env: { ...env, ...added },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    ended,
    get stderr() {
      return stderr;
    },
    signal: (name) => void child.kill(name),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs a command of the agent to its end. */
export async function command(...args: readonly string[]): Promise<Ended> {
  await using agent = startAgent(...args);
  return await agent.ended;
}
