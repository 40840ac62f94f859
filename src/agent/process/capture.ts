/** Keeps the last bytes of a stream of any length. */
export class Tail {
  readonly #bytesMax: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // Compacted at twice the bound, so that a firehose of tiny chunks is not copied each time.
    if (this.#bytes > 2 * this.#bytesMax || this.#chunks.length > 1024) {
      const kept = Buffer.from(Buffer.concat(this.#chunks).subarray(-this.#bytesMax));
      this.#chunks = [kept];
      this.#bytes = kept.length;
    }
  }

  text(): string {
    return Buffer.concat(this.#chunks).subarray(-this.#bytesMax).toString("utf8");
  }
}

/** Keeps a stream up to a bound; `push` is false beyond it. */
export class Capture {
  readonly #bytesMax: number;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Buffer): boolean {
    if (this.#bytes + chunk.length > this.#bytesMax) return false;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    return true;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString("utf8");
  }
}
