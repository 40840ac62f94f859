/** Repeatable chance: the same seed gives the same content on every machine. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 ≤ x < 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** Both ends count. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(from: readonly T[]): T {
    const one = from[Math.floor(this.next() * from.length)];
    if (one === undefined) throw new Error("there is nothing to pick from");
    return one;
  }

  /** `count` different ones, in the order they stand in. */
  some<T>(from: readonly T[], count: number): T[] {
    const kept = new Set(from.keys());
    while (kept.size > Math.min(count, from.length)) kept.delete(this.pick([...kept]));
    return from.filter((_, at) => kept.has(at));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }
}
