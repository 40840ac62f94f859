/** Our own build of the generated content, and our own server over what it built. */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "#support/free-port.ts";
import { ended, readyWithin } from "#support/server-process.ts";
import type { BuildReport } from "../../../src/build/steps.ts";
import { peakOf, type Run, runMeasured } from "./run-measured.ts";
import type { Served } from "./serve.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const START_MS = 60_000;

export interface OurBuild extends Run {
  /** Pages and whatever makes them ready to be served. */
  readonly htmlSeconds: number;
  /** Null where the build has no such step. */
  readonly searchSeconds: number | null;
  readonly pdfSeconds: number | null;
  /** What the PDF step says it did. */
  readonly pdfDone: string | null;
}

export async function buildOurs(content: string, dist: string): Promise<OurBuild> {
  const file = `${dist}.report.json`;
  const run = await runMeasured(process.execPath, ["node_modules/astro/bin/astro.mjs", "build"], {
    cwd: ROOT,
    env: {
      PULIH_CONTENT: content,
      PULIH_DIST: dist,
      PULIH_BUILD_REPORT: file,
      PULIH_TWIN_CACHE: `${dist}.twins`,
    },
  });
  const { steps } = JSON.parse(await readFile(file, "utf8")) as BuildReport;
  const pdf = steps.find(({ name }) => /pdf/i.test(name));
  const search = steps.find(({ name }) => name === "search");
  const seconds = (step: typeof pdf) => (step === undefined ? null : step.ms / 1000);
  return {
    ...run,
    htmlSeconds: run.seconds - (seconds(pdf) ?? 0) - (seconds(search) ?? 0),
    searchSeconds: seconds(search),
    pdfSeconds: seconds(pdf),
    pdfDone: pdf?.done ?? null,
  };
}

export interface OurServer extends Served {
  /** From the start of the process to its first answer. */
  readonly startSeconds: number;
  readonly peakBytes: number;
}

/** The real server in a process of its own, with a database in `data`. */
export async function serveOurs(content: string, dist: string, data: string): Promise<OurServer> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const start = performance.now();
  const child = spawn(process.execPath, ["functions/main.ts"], {
    cwd: ROOT,
    env: {
      ...process.env,
      PULIH_CONTENT: content,
      PULIH_DIST: dist,
      PULIH_DATA: data,
      PULIH_PORT: String(port),
      PULIH_ORIGIN: origin,
    },
    stdio: "ignore",
  });
  try {
    await readyWithin(START_MS, child, () => answers(`${origin}/`));
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return {
    origin,
    startSeconds: (performance.now() - start) / 1000,
    peakBytes: peakOf(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended(child);
    },
  };
}

/** While it reads its content the server listens already, and answers 503. */
async function answers(url: string): Promise<void> {
  const { status } = await fetch(url);
  if (status !== 200) throw new Error(`${url} answered ${status}`);
}
