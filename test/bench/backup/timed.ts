/** Runs one command and tells what it cost: wall time, processor time, memory, and when its words came. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

export interface Timed {
  readonly seconds: number;
  /** Of the command and everything it waited for. */
  readonly cpuSeconds: number;
  /** Of the command's own process alone. */
  readonly ownCpuSeconds: number;
  /** Peak of the resident set of the command's own process. */
  readonly ownPeakBytes: number;
  readonly stdout: string;
  /** Lines of stderr with the second in which they came. */
  readonly said: readonly { readonly at: number; readonly line: string }[];
}

const SAMPLE_MS = 20;
/** Linux counts processor time for programs in hundredths of a second. */
const TICKS = 100;

/** A shell's own line, for what people would type; nothing of it comes from outside. */
export function timedShell(script: string, env: Readonly<Record<string, string>> = {}) {
  return timed(["bash", "-o", "pipefail", "-c", script], env);
}

export async function timed(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Timed> {
  const [command = "", ...args] = argv;
  const start = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid = 0 } = child;
  let [ownCpuSeconds, ownPeakBytes, cpuSeconds] = [0, 0, 0];
  const sample = (): void => {
    const own = usageOf(pid);
    if (!own) return;
    ownCpuSeconds = own.self;
    cpuSeconds = own.all;
    ownPeakBytes = Math.max(ownPeakBytes, own.peakBytes);
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const said: { at: number; line: string }[] = [];
  const lines = createInterface({ input: child.stderr });
  lines.on("line", (line) => said.push({ at: (performance.now() - start) / 1000, line }));
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    stdout += piece;
  });
  // At its exit the process is still there to be read, until it is waited for: the last sample is whole.
  child.once("exit", sample);
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(timer);
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) {
    const last = said.slice(-8).map(({ line }) => line);
    throw new Error(`${argv.slice(0, 3).join(" ")} ended with ${code}: ${last.join(" | ")}`);
  }
  return { seconds, cpuSeconds, ownCpuSeconds, ownPeakBytes, stdout, said };
}

/** The second between two of the words that a command said; NaN where one of them never came. */
export function between({ said }: Timed, from: RegExp, to: RegExp): number {
  const start = said.find(({ line }) => from.test(line))?.at ?? Number.NaN;
  const end = said.find(({ line, at }) => at >= start && to.test(line))?.at ?? Number.NaN;
  return end - start;
}

function usageOf(pid: number) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const peakBytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    return {
      self: (user + system) / TICKS,
      all: (user + system + childUser + childSystem) / TICKS,
      peakBytes,
    };
  } catch {
    return null;
  }
}
