/** More than any producer's last lines need. */
export const TAIL_BYTES = 256;

/** The last bytes of a stream, from those before and its next chunk. Copies: chunks are used again. */
export function tailOf(before: Buffer, chunk: Buffer): Buffer {
  return chunk.length >= TAIL_BYTES
    ? Buffer.from(chunk.subarray(-TAIL_BYTES))
    : Buffer.concat([before.subarray(-(TAIL_BYTES - chunk.length)), chunk]);
}
