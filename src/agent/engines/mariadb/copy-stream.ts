import { once } from "node:events";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { AppError } from "#domain/errors.ts";
import { readFrom, writeTo } from "../../process/fd-stream.ts";

/**
 * How every dump ends: its last statement and mariadb-dump's last line. No row holds it, for rows are
 * written with their line ends escaped.
 */
export const TRAILER = " */;\n\n-- Dump completed\n";
const TAIL_BYTES = 256;

/**
 * Copies a stored dump to the client that loads it and looks whether its last line came. Rejects
 * where the stream ended without it: the client's EOF is held back until then.
 *
 * A dump that was cut behind a complete statement loads without any error. It costs about 1.5 CPU
 * seconds per GB, beside a server that takes a hundred to load as much, and constant memory.
 */
export async function copyWhole(from: number, to: number, signal: AbortSignal): Promise<void> {
  const source = readFrom(from);
  const sink = writeTo(to);
  // Of a file the stream has the caller's own descriptor, which destroying it would close.
  const letGo = (stream: Readable | Writable, error?: Error) => {
    if (stream instanceof Socket) stream.destroy(error);
  };
  const stop = () => letGo(source, new Error("called off"));
  let broken: unknown = null;
  sink.on("error", (error) => {
    broken = error;
    letGo(source, error);
  });
  signal.addEventListener("abort", stop, { once: true });
  let tail: Buffer = Buffer.alloc(0);
  try {
    if (signal.aborted) stop();
    for await (const chunk of source as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      if (broken !== null) throw broken;
      tail =
        chunk.length >= TAIL_BYTES ? chunk : Buffer.concat([tail.subarray(-TAIL_BYTES), chunk]);
      if (!sink.write(chunk)) await drained(sink, source);
    }
    sink.end();
    if (broken === null) await once(sink, "finish");
    if (broken !== null) throw broken;
  } catch (error) {
    throw new AppError("ENGINE_DUMP_FAILED", "the stream broke", { cause: error });
  } finally {
    signal.removeEventListener("abort", stop);
    letGo(source);
    letGo(sink);
  }
  if (!tail.subarray(-TAIL_BYTES).toString("latin1").endsWith(TRAILER)) {
    throw new AppError("ENGINE_DUMP_INCOMPLETE", "the dump's last line did not come");
  }
}

/** Resolves when more may be written, or the source was let go meanwhile. */
function drained(sink: Writable, source: Readable): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      sink.off("drain", settle);
      source.off("close", settle);
      resolve();
    };
    sink.on("drain", settle);
    source.on("close", settle);
  });
}
