/** Runs one command and tells how long it took and how much memory its processes held at most. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { descendantsOf } from "#support/proc.ts";

export interface Run {
  readonly seconds: number;
  /** Time its processes had a processor: tells less about what else the machine was doing. */
  readonly cpuSeconds: number;
  /** Sum of the peaks of the processes that lived at one time. */
  readonly peakBytes: number;
  readonly log: string;
}

const SAMPLE_MS = 200;
/** Linux counts processor time for programs in hundredths of a second. */
const TICKS = 100;

/** Rejects with the end of the log where the command fails. */
export async function runMeasured(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Run> {
  const start = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: "1", NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const pieces: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => pieces.push(piece));
  child.stderr.on("data", (piece: Buffer) => pieces.push(piece));
  let peakBytes = 0;
  const ticks = new Map<number, number>();
  const sample = () => {
    if (child.pid === undefined) return;
    const all = [child.pid, ...descendantsOf(child.pid)];
    peakBytes = Math.max(peakBytes, sum(all.map(peakOf)));
    for (const pid of all) ticks.set(pid, Math.max(ticks.get(pid) ?? 0, ticksOf(pid)));
  };
  const timer = setInterval(sample, SAMPLE_MS);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    const seconds = (performance.now() - start) / 1000;
    const log = Buffer.concat(pieces).toString("utf8");
    if (code !== 0) throw new Error(`${command} ended with ${code}:\n${log.slice(-2000)}`);
    return { seconds, cpuSeconds: sum([...ticks.values()]) / TICKS, peakBytes, log };
  } finally {
    clearInterval(timer);
  }
}

/** Peak of the resident set so far. */
export function peakOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    // It ended between the listing and the reading.
    return 0;
  }
}

/** User and system time so far. */
function ticksOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
