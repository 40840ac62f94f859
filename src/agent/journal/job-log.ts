import { type FileHandle, open } from "node:fs/promises";
import { canonicalJson, type Json, sha256Hex } from "#domain/trust/canonical.ts";
import type { FinishRecord, Intent, JobEventRecord, JournalRecord } from "./records.ts";

export type JobPhase = "intended" | "started" | "finished" | "acked";

/** The journal of one job. What a method resolved for is on disk; lines are written one at a time. */
export class JobLog {
  readonly intent: Intent;
  readonly #path: string;
  readonly #now: () => Date;
  readonly #events: JobEventRecord[] = [];
  #phase: JobPhase = "intended";
  #everStarted = false;
  #finish: FinishRecord | null = null;
  #ackedAt: string | null = null;
  #file: FileHandle | null = null;
  #queue: Promise<void> = Promise.resolve();

  constructor(path: string, intent: Intent, now: () => Date, later: readonly JournalRecord[] = []) {
    this.#path = path;
    this.intent = intent;
    this.#now = now;
    for (const record of later) this.#take(record);
  }

  get job(): string {
    return this.intent.job;
  }
  get epoch(): number {
    return this.intent.epoch;
  }
  get phase(): JobPhase {
    return this.#phase;
  }
  /** Went through the start gate: its effect may have happened. */
  get everStarted(): boolean {
    return this.#everStarted;
  }
  get ackedAt(): string | null {
    return this.#ackedAt;
  }
  /** What the portal must be told, until it has said that it knows. */
  get unacknowledged(): FinishRecord | null {
    return this.#phase === "finished" ? this.#finish : null;
  }
  get events(): readonly JobEventRecord[] {
    return this.#events;
  }
  get lastSeq(): number {
    return this.#events.at(-1)?.seq ?? 0;
  }

  writeIntent(): Promise<void> {
    return this.#append(this.intent, true);
  }
  start(): Promise<void> {
    return this.#append({ type: "start", at: this.#now().toISOString() }, true);
  }
  /** Progress is not worth an fsync: losing its tail in a power cut loses no result. */
  event(event: JobEventRecord): Promise<void> {
    return this.#append({ type: "event", event }, false);
  }
  finish(request: FinishRecord): Promise<void> {
    return this.#append({ type: "finish", at: this.#now().toISOString(), request }, true);
  }
  async acknowledge(refused: string | null): Promise<void> {
    await this.#append({ type: "acked", at: this.#now().toISOString(), refused }, true);
    await this.close();
  }

  /** SHA-256 over the canonical JSON of all events. */
  eventsDigest(): Promise<string> {
    return sha256Hex(canonicalJson(this.#events as unknown as Json));
  }

  async close(): Promise<void> {
    await this.#queue.catch(() => undefined);
    await this.#file?.close();
    this.#file = null;
  }

  #append(record: JournalRecord, durable: boolean): Promise<void> {
    if (record.type === "event") this.#take(record);
    const written = this.#queue.then(async () => {
      this.#file ??= await open(this.#path, "a", 0o600);
      await appendWhole(this.#file, `${JSON.stringify(record)}\n`, durable);
      if (record.type !== "event") this.#take(record);
    });
    this.#queue = written.catch(() => undefined);
    return written;
  }

  #take(record: JournalRecord): void {
    switch (record.type) {
      case "intent":
        return;
      case "start":
        this.#phase = "started";
        this.#everStarted = true;
        return;
      case "event":
        this.#events.push(record.event);
        return;
      case "finish":
        this.#phase = "finished";
        this.#finish = record.request;
        return;
      case "acked":
        this.#phase = "acked";
        this.#ackedAt = record.at;
        this.#events.length = 0;
        return;
    }
  }
}

/** A full disk may take half a line; then the half goes, so that a later try finds a clean end. */
async function appendWhole(file: FileHandle, line: string, durable: boolean): Promise<void> {
  const { size } = await file.stat();
  try {
    await file.appendFile(line);
    if (durable) await file.sync();
  } catch (error) {
    await file.truncate(size).catch(() => undefined);
    throw error;
  }
}
