import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import type { Receipt } from "#protocol/manifest.ts";
import type { Running } from "../process/host.ts";
import { openPipe, type Pipe } from "../process/pipe.ts";
import { type Restic, type ResticConfig, resticError } from "./restic-command.ts";
import { classifyRestic } from "./restic-failure.ts";
import { fullSnapshotId } from "./restic-snapshot-id.ts";
import type { Upload } from "./restic-uploads.ts";
import type { VaultWriter } from "./vault.ts";

const LAST_WORDS_MS = 500;

/** Last line of `restic backup --json`; bytes added are packed ones from 0.17 on, before that raw ones. */
const Summary = z.object({
  message_type: z.literal("summary"),
  snapshot_id: z.string().min(1),
  total_bytes_processed: z.int().nonnegative(),
  data_added: z.int().nonnegative(),
  data_added_packed: z.int().nonnegative().optional(),
});
type Summary = z.infer<typeof Summary>;
const Status = z.object({ message_type: z.literal("status"), bytes_done: z.int().nonnegative() });

/**
 * Starts `restic backup --stdin` on a pipe. restic takes any EOF for the end of the data and makes
 * a snapshot of what came so far: therefore the agent holds the write end until the producer is
 * known to have succeeded, and a restic that must not commit is ended before the hold is let go.
 */
export async function openResticWriter(
  restic: Restic,
  { alias, repositori }: Pick<ResticConfig, "alias" | "repositori">,
  args: readonly string[],
  upload: Upload,
  signal?: AbortSignal,
): Promise<VaultWriter> {
  const pipe = await openPipe();
  try {
    const running = await restic.spawn([...args, "--json"], {
      stdin: { fd: pipe.readFd },
      stdout: "lines",
    });
    const fullId = (id: string) => fullSnapshotId(restic, repositori, id);
    return writerOf(restic, alias, fullId, pipe, running, upload, signal);
  } catch (error) {
    pipe.closeWrite();
    throw error;
  } finally {
    // Only restic reads: when it dies the producer is stopped by SIGPIPE instead of waiting for ever.
    pipe.closeRead();
  }
}

function writerOf(
  restic: Restic,
  vault: string,
  fullId: (id: string) => Promise<string>,
  pipe: Pipe,
  running: Running,
  upload: Upload,
  signal: AbortSignal | undefined,
): VaultWriter {
  let taken = 0;
  const summary = summaryOf(running.lines, (bytes) => {
    taken = bytes;
    upload.reached(bytes);
  });
  let failure: AppError | null = null;
  let committing: Promise<Receipt> | null = null;
  let aborting: Promise<void> | null = null;

  const abort = (): Promise<void> => {
    aborting ??= stop();
    return aborting;
  };
  const onAbort = (): void => {
    void abort().catch(() => undefined);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();

  return {
    fd: pipe.writeFd,
    commit: () => {
      committing ??= commit();
      return committing;
    },
    abort,
    failure: () => failure,
    taken: () => taken,
  };

  async function commit(): Promise<Receipt> {
    if (aborting) throw cancelled();
    try {
      pipe.closeWrite();
      const [ended, made] = await Promise.all([running.exit, summary]);
      if (ended.code !== 0) throw resticError("backup", ended, "VAULT_WRITE_FAILED");
      if (made === null) throw new AppError("VAULT_WRITE_FAILED", "restic gave no summary");
      if (made.total_bytes_processed === 0) {
        throw new AppError("ENGINE_DUMP_INCOMPLETE", "the stream is empty");
      }
      await upload.isWhole();
      return {
        vault,
        kind: "restic",
        object: await fullId(made.snapshot_id),
        bytes: made.total_bytes_processed,
        sha256: null,
        storedBytes: made.data_added_packed ?? made.data_added,
      };
    } catch (error) {
      await removeTraces();
      throw aborting ? cancelled() : error;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  async function stop(): Promise<void> {
    // A restic that failed stops reading first and says why a moment later: killed in between, it
    // would take the reason with it. One that still reads waits for us and is killed after this.
    await Promise.race([running.exit, wait(LAST_WORDS_MS)]);
    running.kill();
    // A commit that restic has finished already may still win; then there is nothing to undo.
    if (committing) await committing.catch(() => undefined);
    else await removeTraces();
    signal?.removeEventListener("abort", onAbort);
  }

  async function removeTraces(): Promise<void> {
    upload.isCutShort();
    running.kill();
    const [ended, made] = await Promise.all([running.exit, summary]);
    // Only now: EOF would make a restic that still lives commit.
    pipe.closeWrite();
    if (classifyRestic(ended.code, ended.stderr) !== null) {
      failure = resticError("backup", ended, "VAULT_WRITE_FAILED");
    }
    // Neither may fail the caller: a snapshot without a manifest is no backup, a dead lock harms none.
    if (made !== null) await restic.tidy(["forget", made.snapshot_id]);
    if (ended.code === null) await restic.tidy(["unlock"]);
  }
}

/** Reads all lines, so that restic never waits for us; null where there was no summary. */
async function summaryOf(
  lines: AsyncIterable<string>,
  taken: (bytes: number) => void,
): Promise<Summary | null> {
  let found: Summary | null = null;
  for await (const line of lines) {
    const said = parseJson(line);
    const status = Status.safeParse(said).data;
    if (status) taken(status.bytes_done);
    else found = Summary.safeParse(said).data ?? found;
  }
  return found;
}

export function parseSummary(line: string): Summary | null {
  return Summary.safeParse(parseJson(line)).data ?? null;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function cancelled(): AppError {
  return new AppError("JOB_CANCELLED", "the stream was aborted");
}
