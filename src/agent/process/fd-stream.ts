import * as fs from "node:fs";
import {
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  fstatSync,
  openSync,
} from "node:fs";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/**
 * Streams over a descriptor that somebody else owns: they never close it.
 *
 * A pipe is opened anew through /proc, so that the stream has a non-blocking description of its own:
 * a read on the shared, blocking one would hold a thread of Node's small pool for as long as the
 * other side is silent, and four of them would stop all file access of the agent.
 */
export function readFrom(fd: number): Readable {
  if (!fstatSync(fd).isFIFO()) return createReadStream("", { fd, autoClose: false, fs: OWNED });
  const own = reopen(fd, constants.O_RDONLY);
  // Linux reports the hang-up of a pipe only to readers that a writer has come after. Where the last
  // one had gone before, the stream would wait for its end for ever.
  closeSync(reopen(fd, constants.O_WRONLY));
  return new Socket({ fd: own, readable: true, writable: false });
}

/** `autoClose: false` alone does not keep `destroy` from closing the descriptor. */
const OWNED = { ...fs, close: (_fd: number, done: (error: null) => void) => done(null) };

/** As `readFrom`; ends without ending the pipe as long as the owner's descriptor is open. */
export function writeTo(fd: number): Writable {
  if (!fstatSync(fd).isFIFO()) return createWriteStream("", { fd, autoClose: false, fs: OWNED });
  const own = reopen(fd, constants.O_WRONLY);
  return new Socket({ fd: own, readable: false, writable: true });
}

function reopen(fd: number, direction: number): number {
  return openSync(`/proc/self/fd/${fd}`, direction | constants.O_NONBLOCK);
}
