/**
 * What this agent has ever meant to do, done and told: one NDJSON file a job. It is why a kill at
 * any moment repeats a report but never an effect.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#domain/errors.ts";
import { JobLog } from "./job-log.ts";
import { type Intent, readRecords } from "./records.ts";
import { syncDirectory } from "./write-durably.ts";

const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

export interface Journal {
  /** Newest epoch seen of a job; 0 for none. */
  lastEpoch(job: string): number;
  /** Jobs that went through the start gate, or whose journal can no longer tell. */
  readonly startedJobs: { has(job: string): boolean };
  /** Jobs whose result the portal has not acknowledged, oldest first. */
  open(): readonly JobLog[];
  /** Writes the intent, on disk when it resolves. JOB_STATE where the job was started before. */
  begin(intent: Intent): Promise<JobLog>;
  /** Removes what was acknowledged more than 30 days ago and can no longer be offered. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export async function openJournal(directory: string, now: () => Date): Promise<Journal> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const logs = new Map<string, JobLog>();
  const unreadable = new Set<string>();
  for (const name of await readdir(directory)) {
    if (!name.endsWith(".ndjson")) continue;
    const log = await readLog(join(directory, name), now);
    if (log === "damaged") unreadable.add(name);
    else if (log) logs.set(log.job, log);
  }

  const hasStarted = (job: string): boolean =>
    unreadable.has(fileName(job)) || (logs.get(job)?.everStarted ?? false);
  return {
    lastEpoch: (job) => logs.get(job)?.epoch ?? 0,
    startedJobs: { has: hasStarted },
    open: () =>
      [...logs.values()]
        .filter((log) => log.phase !== "acked")
        .sort((one, other) => (one.intent.at < other.intent.at ? -1 : 1)),
    async begin(intent) {
      if (hasStarted(intent.job))
        throw new AppError("JOB_STATE", `job ${intent.job} was started before`);
      const path = join(directory, fileName(intent.job));
      await logs.get(intent.job)?.close();
      // An older intent that came to nothing gives way to the newer epoch.
      await rm(path, { force: true });
      const log = new JobLog(path, intent, now);
      await log.writeIntent();
      await syncDirectory(directory);
      logs.set(intent.job, log);
      return log;
    },
    async sweep() {
      const instant = now().getTime();
      for (const [job, log] of logs) {
        if (log.ackedAt === null || instant - Date.parse(log.ackedAt) < KEEP_MS) continue;
        if (Date.parse(log.intent.spec.notAfter) > instant) continue;
        await rm(join(directory, fileName(job)), { force: true });
        logs.delete(job);
      }
    },
    async close() {
      for (const log of logs.values()) await log.close();
    },
  };
}

/** Null where a crash tore the intent itself: then nothing can have begun. */
async function readLog(path: string, now: () => Date): Promise<JobLog | "damaged" | null> {
  const { records, wholeBytes, damaged } = readRecords(await readFile(path, "utf8"));
  const [intent, ...later] = records;
  if (damaged || (intent !== undefined && intent.type !== "intent")) return "damaged";
  if (intent === undefined) {
    await rm(path);
    return null;
  }
  await truncate(path, wholeBytes);
  return new JobLog(path, intent, now, later);
}

/** Job ids come from outside and must not choose a path. */
function fileName(job: string): string {
  const isPlain = /^[A-Za-z0-9_-]{1,100}$/.test(job);
  return `${isPlain ? job : createHash("sha256").update(job).digest("hex")}.ndjson`;
}
