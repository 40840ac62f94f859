/**
 * What a restore is about to do, on disk before it does it: one NDJSON file a job.
 *
 * - begin: the targets; nothing was done yet
 * - side, quiesce, swap: the agent is about to do this to the target
 * - committed: every target was swapped and checked; from here on the restore only goes forward
 * - end: nothing is left to do. `new`: the backups are live; `old`: what was live before is live
 */
import { mkdir, open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { EngineId } from "#protocol/manifest.ts";
import { JobResult } from "#protocol/v1.ts";
import { syncDirectory } from "../journal/write-durably.ts";

const at = z.iso.datetime();
const alias = z.string().min(1);

const Step = z.discriminatedUnion("step", [
  z.strictObject({
    step: z.literal("begin"),
    at,
    job: z.string().min(1),
    targets: z.array(z.strictObject({ alias, engine: EngineId, backup: z.string().min(1) })).min(1),
  }),
  z.strictObject({ step: z.enum(["side", "quiesce", "swap"]), at, alias }),
  z.strictObject({ step: z.literal("committed"), at, results: JobResult.shape.targets }),
  z.strictObject({ step: z.literal("end"), at, data: z.enum(["new", "old"]) }),
]);
export type RestoreStep = z.infer<typeof Step>;
type Begin = Extract<RestoreStep, { step: "begin" }>;
type Committed = Extract<RestoreStep, { step: "committed" }>;

export interface RestoreJournal {
  /** Resolves when the step is on disk. */
  append(step: RestoreStep): Promise<void>;
  close(): Promise<void>;
}

/** A restore that did not reach its end, as its journal tells. */
export interface UnfinishedRestore {
  readonly job: string;
  readonly targets: Begin["targets"];
  /** Null where not everything was swapped and checked. */
  readonly committed: Committed["results"] | null;
}

/** Starts the journal of a job. Throws JOB_STATE where the job ever had one: a job runs once. */
export async function beginRestoreJournal(data: string, begin: Begin): Promise<RestoreJournal> {
  const folder = folderOf(data);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const journal = await openJournal(pathOf(data, begin.job), "ax").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new AppError("JOB_STATE", "this job has a restore journal already");
  });
  await journal.append(begin);
  await syncDirectory(folder);
  return journal;
}

/** Opens the journal of an unfinished restore to write its end. */
export function continueRestoreJournal(data: string, job: string): Promise<RestoreJournal> {
  return openJournal(pathOf(data, job), "a");
}

/** Restores without an end, in no order, and names of journals that cannot be read. */
export async function unfinishedRestores(
  data: string,
): Promise<{ readonly unfinished: UnfinishedRestore[]; readonly damaged: string[] }> {
  const names = await readdir(folderOf(data)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  const unfinished: UnfinishedRestore[] = [];
  const damaged: string[] = [];
  for (const name of names.filter((one) => one.endsWith(".ndjson"))) {
    const steps = readSteps(await readFile(join(folderOf(data), name), "utf8"));
    if (steps === null) {
      damaged.push(name);
      continue;
    }
    const [begin] = steps;
    // Without its first line nothing was done: that line is on disk before any effect.
    if (begin?.step !== "begin" || steps.at(-1)?.step === "end") continue;
    const committed = steps.find((step) => step.step === "committed");
    unfinished.push({
      job: begin.job,
      targets: begin.targets,
      committed: committed?.results ?? null,
    });
  }
  return { unfinished, damaged };
}

async function openJournal(path: string, flags: "a" | "ax"): Promise<RestoreJournal> {
  const file = await open(path, flags, 0o600);
  return {
    async append(step) {
      // The leading newline closes a line that a crash may have torn; blank lines are skipped.
      await file.appendFile(`${flags === "a" ? "\n" : ""}${JSON.stringify(step)}\n`);
      await file.datasync();
    },
    close: () => file.close(),
  };
}

/** A crash can tear the last line, which then never counted; anything else unreadable is damage. */
function readSteps(text: string): RestoreStep[] | null {
  const lines = text.split("\n").filter((line) => line !== "");
  const steps: RestoreStep[] = [];
  const torn: number[] = [];
  for (const [index, line] of lines.entries()) {
    const step = Step.safeParse(parseJson(line));
    if (step.success) steps.push(step.data);
    else torn.push(index);
  }
  const isEnded = steps.at(-1)?.step === "end";
  return isEnded || torn.every((index) => index === lines.length - 1) ? steps : null;
}

function folderOf(data: string): string {
  return join(data, "restores");
}

function pathOf(data: string, job: string): string {
  return join(folderOf(data), `${encodeURIComponent(job)}.ndjson`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
