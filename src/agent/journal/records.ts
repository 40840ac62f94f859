/**
 * Lines of a job's journal.
 *
 * - intent: the agent means to run the job; nothing was done yet
 * - start: the portal let it through the start gate; from here on the job counts as run for ever
 * - event: progress, as it was or will be told to the portal
 * - finish: the signed result, to be sent until it is acknowledged
 * - acked: the portal has the result, or has refused it for good
 */
import { z } from "zod";
import { FinishRequest, JobEvent, JobSpec } from "#protocol/v1.ts";

const at = z.iso.datetime();
const epoch = z.int().positive();

export const JournalRecord = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("intent"),
    at,
    job: z.string().min(1),
    epoch,
    digest: z.string().length(64),
    startId: z.string().min(1),
    spec: JobSpec,
  }),
  z.strictObject({ type: z.literal("start"), at }),
  z.strictObject({ type: z.literal("event"), event: JobEvent }),
  z.strictObject({ type: z.literal("finish"), at, request: FinishRequest }),
  z.strictObject({ type: z.literal("acked"), at, refused: z.string().nullable() }),
]);
export type JournalRecord = z.infer<typeof JournalRecord>;
export type Intent = Extract<JournalRecord, { type: "intent" }>;
export type JobEventRecord = z.infer<typeof JobEvent>;
export type FinishRecord = z.infer<typeof FinishRequest>;

/** Whole lines of a journal file, and how many bytes they take: a crash can tear the last one only. */
export function readRecords(text: string): {
  readonly records: readonly JournalRecord[];
  readonly wholeBytes: number;
  /** A whole line that is no record: the file was touched by something else. */
  readonly damaged: boolean;
} {
  const end = text.lastIndexOf("\n") + 1;
  const records: JournalRecord[] = [];
  let damaged = false;
  for (const line of text.slice(0, end).split("\n")) {
    if (line === "") continue;
    const record = parseLine(line);
    if (record) records.push(record);
    else damaged = true;
  }
  return { records, wholeBytes: Buffer.byteLength(text.slice(0, end)), damaged };
}

function parseLine(line: string): JournalRecord | null {
  try {
    return JournalRecord.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
