/**
 * What work on the copies of targets is about to do, on disk before it does it: one NDJSON file a
 * job, kept for good, since a rollback asked for weeks later builds on it.
 *
 * - begin: the targets; nothing was done yet
 * - side, quiesce, swap, drop: the agent is about to do this to the target
 * - seen: what a preview found live, so that a restore of the same request notices another target
 * - prepared: of a rollback; once one target was swapped back, all of them must be
 * - committed: every target was swapped and checked; from here on the work only goes forward
 * - end: nothing is left to do. `new`: what was asked for holds; `old`: what was live before is live
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
const id = z.string().min(1);

const Target = z.strictObject({
  alias,
  engine: EngineId,
  /** Null in the journal of a rollback or a drop: they read no backup. */
  backup: id.nullable(),
  /** Nothing was live when the work began; see SideNames. */
  liveWasAbsent: z.boolean().default(false),
});
export type JournalTarget = z.infer<typeof Target>;

const Step = z.discriminatedUnion("step", [
  z.strictObject({
    step: z.literal("begin"),
    at,
    job: id,
    action: z.enum(["restore", "preview", "rollback", "drop"]).default("restore"),
    /** Request of the portal, where there is one. */
    request: id.nullable().default(null),
    /** For rollback and drop: the job of the restore they speak of. */
    restored: id.nullable().default(null),
    targets: z.array(Target).min(1),
  }),
  z.strictObject({ step: z.enum(["side", "quiesce", "swap", "drop"]), at, alias }),
  z.strictObject({
    step: z.literal("seen"),
    at,
    /** Null where nothing was live or it could not be read. */
    identities: z.array(z.strictObject({ alias, identity: z.string().nullable() })),
  }),
  z.strictObject({ step: z.enum(["prepared", "committed"]), at, results: JobResult.shape.targets }),
  z.strictObject({ step: z.literal("end"), at, data: z.enum(["new", "old"]) }),
]);
export type RestoreStep = z.input<typeof Step>;
type Begin = Extract<z.output<typeof Step>, { step: "begin" }>;
type Results = JobResult["targets"];

export interface RestoreJournal {
  /** Resolves when the step is on disk. */
  append(step: RestoreStep): Promise<void>;
  close(): Promise<void>;
}

/** Work as its journal tells it. */
export interface JournalledWork {
  readonly job: string;
  readonly action: Begin["action"];
  readonly request: string | null;
  readonly restored: string | null;
  readonly targets: readonly JournalTarget[];
  /** Targets of which a swap may have happened. */
  readonly swapped: ReadonlySet<string>;
  readonly seen: ReadonlyMap<string, string | null> | null;
  readonly prepared: Results | null;
  /** Null where not everything was swapped and checked. */
  readonly committed: Results | null;
  readonly end: { readonly at: string; readonly data: "new" | "old" } | null;
}

/** Starts the journal of a job. Throws JOB_STATE where the job ever had one: a job runs once. */
export async function beginRestoreJournal(
  data: string,
  begin: Extract<RestoreStep, { step: "begin" }>,
): Promise<RestoreJournal> {
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

/** Opens the journal of unfinished work to write its end. */
export function continueRestoreJournal(data: string, job: string): Promise<RestoreJournal> {
  return openJournal(pathOf(data, job), "a");
}

/** All work, in no order, and names of journals that cannot be read. */
export async function journalledWork(
  data: string,
): Promise<{ readonly works: JournalledWork[]; readonly damaged: string[] }> {
  const names = await readdir(folderOf(data)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  const works: JournalledWork[] = [];
  const damaged: string[] = [];
  for (const name of names.filter((one) => one.endsWith(".ndjson"))) {
    const steps = readSteps(await readFile(join(folderOf(data), name), "utf8"));
    if (steps === null) {
      damaged.push(name);
      continue;
    }
    // Without its first line nothing was done: that line is on disk before any effect.
    const work = workOf(steps);
    if (work) works.push(work);
  }
  return { works, damaged };
}

/** Work without an end, in no order, and names of journals that cannot be read. */
export async function unfinishedRestores(
  data: string,
): Promise<{ readonly unfinished: JournalledWork[]; readonly damaged: string[] }> {
  const { works, damaged } = await journalledWork(data);
  return { unfinished: works.filter((work) => work.end === null), damaged };
}

function workOf(steps: readonly z.output<typeof Step>[]): JournalledWork | null {
  const [begin] = steps;
  if (begin?.step !== "begin") return null;
  const end = steps.at(-1);
  const { job, action, request, restored, targets } = begin;
  const resultsOf = (kind: "prepared" | "committed") =>
    steps.flatMap((step) => (step.step === kind ? [step.results] : [])).at(-1) ?? null;
  const seen = steps.findLast((step) => step.step === "seen");
  return {
    ...{ job, action, request, restored, targets },
    swapped: new Set(steps.flatMap((step) => (step.step === "swap" ? [step.alias] : []))),
    seen: seen ? new Map(seen.identities.map((one) => [one.alias, one.identity])) : null,
    prepared: resultsOf("prepared"),
    committed: resultsOf("committed"),
    end: end?.step === "end" ? { at: end.at, data: end.data } : null,
  };
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
function readSteps(text: string): z.output<typeof Step>[] | null {
  const lines = text.split("\n").filter((line) => line !== "");
  const steps: z.output<typeof Step>[] = [];
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
