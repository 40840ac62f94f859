import { StringDecoder } from "node:string_decoder";

/** No answer of a tool is longer; an endless line must not fill the memory. */
const LINE_CHARACTERS_MAX = 8 * 1024 * 1024;
/** Above this the producer is made to wait until lines were taken. */
const QUEUED_CHARACTERS_MAX = 1024 * 1024;

/**
 * Cuts a byte stream into lines for one consumer. The consumer may leave a `for await` and come
 * back: the next loop goes on with the next line.
 */
export class LineQueue implements AsyncIterable<string> {
  readonly #decoder = new StringDecoder("utf8");
  readonly #waiting: ((result: IteratorResult<string>) => void)[] = [];
  readonly #onDrain: () => void;
  #queue: string[] = [];
  #queuedCharacters = 0;
  #rest = "";
  #isOver = false;

  /** `onDrain` is called whenever the queue was emptied after having been full. */
  constructor(onDrain: () => void) {
    this.#onDrain = onDrain;
  }

  get isFull(): boolean {
    return this.#queuedCharacters > QUEUED_CHARACTERS_MAX;
  }

  /** False where a line is too long to be one. */
  push(chunk: Buffer): boolean {
    const parts = this.#decoder.write(chunk).split("\n");
    const last = parts.pop() ?? "";
    if (parts.length > 0) {
      parts[0] = this.#rest + parts[0];
      this.#rest = last;
      for (const line of parts) this.#offer(line);
    } else {
      this.#rest += last;
    }
    return this.#rest.length <= LINE_CHARACTERS_MAX;
  }

  /**
   * No line comes any more. An unfinished last line counts only where the program ended well: cut
   * in the middle, "1234" reads as "12".
   */
  finish(options: { readonly isWhole: boolean }): void {
    if (this.#isOver) return;
    if (options.isWhole && this.#rest !== "") this.#offer(this.#rest);
    this.#rest = "";
    this.#isOver = true;
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return { next: () => this.#next() };
  }

  #offer(line: string): void {
    const resolve = this.#waiting.shift();
    if (resolve) {
      resolve({ done: false, value: line });
      return;
    }
    this.#queue.push(line);
    this.#queuedCharacters += line.length + 1;
  }

  async #next(): Promise<IteratorResult<string>> {
    const wasFull = this.isFull;
    const line = this.#queue.shift();
    if (line !== undefined) {
      this.#queuedCharacters -= line.length + 1;
      if (wasFull && !this.isFull) this.#onDrain();
      return { done: false, value: line };
    }
    if (this.#isOver) return { done: true, value: undefined };
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
