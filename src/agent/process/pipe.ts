import { execFile } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A kernel pipe whose two ends the agent holds; children get copies of them as stdio. */
export interface Pipe {
  readonly readFd: number;
  readonly writeFd: number;
  /** Idempotent. Once no reader is left a producer is stopped by SIGPIPE. */
  closeRead(): void;
  /** Idempotent. As long as this end is open no reader sees EOF, whatever the producer does. */
  closeWrite(): void;
  /** True while the write end is open here and some process can still read: the agent or a child. */
  hasReader(): boolean;
}

/**
 * Opens a pipe with blocking descriptors fit to hand to children.
 *
 * Node has no pipe(2), and the sockets it gives to children cannot be joined by the kernel; a FIFO
 * that is unlinked at once is the same thing. Opened for both directions first, since opening one
 * direction of a FIFO waits for the other. The descriptors are close-on-exec: a child holds only
 * what was handed to it.
 */
export async function openPipe(): Promise<Pipe> {
  const directory = await anyFolder();
  try {
    const path = join(directory, "pipe");
    await promisify(execFile)("mkfifo", ["-m", "600", path]);
    const both = openSync(path, constants.O_RDWR);
    const readFd = openSync(path, constants.O_RDONLY);
    const writeFd = openSync(path, constants.O_WRONLY);
    closeSync(both);
    let isWriteOpen = true;
    return {
      readFd,
      writeFd,
      closeRead: once(() => closeSync(readFd)),
      closeWrite: once(() => {
        isWriteOpen = false;
        closeSync(writeFd);
      }),
      hasReader: () => isWriteOpen && canOpenForWriting(writeFd),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * A FIFO takes no room but has a name for an instant: where the place for temporary files is full,
 * read-only or gone, the machine has others.
 */
async function anyFolder(): Promise<string> {
  const places = [tmpdir(), "/dev/shm", "/run", "/var/tmp"];
  const failures: unknown[] = [];
  for (const place of places) {
    try {
      return await mkdtemp(join(place, "pulih-pipe-"));
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, "no folder takes the name of a pipe");
}

/** Opening a FIFO for writing without waiting fails with ENXIO if and only if nobody can read it. */
function canOpenForWriting(writeFd: number): boolean {
  try {
    closeSync(openSync(`/proc/self/fd/${writeFd}`, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENXIO") return false;
    throw error;
  }
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
