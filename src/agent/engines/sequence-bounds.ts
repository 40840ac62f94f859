import { z } from "zod";
import { AppError } from "#domain/errors.ts";

/** Value (as text: it may exceed a JavaScript number), whether it was handed out, whether it cycles. */
export const Position = z.tuple([z.string(), z.boolean(), z.boolean()]);
export type Position = z.infer<typeof Position>;
export type Positions = Readonly<Record<string, Position>>;

/**
 * Where each sequence stood before and after a dump. Sequences move outside of transactions, so no
 * snapshot pins them: a dump holds a value from somewhere between two readings.
 */
export const SequenceBounds = z.record(z.string(), z.tuple([Position, Position]));
export type SequenceBounds = z.infer<typeof SequenceBounds>;

/** A sequence that may have gone round between the readings could stand anywhere: it has no bounds. */
export function boundsOf(before: Positions, after: Positions): SequenceBounds {
  return Object.fromEntries(
    Object.entries(before)
      .map(([name, first]): [string, [Position, Position]] => [name, [first, after[name] ?? first]])
      .filter(([, [first, second]]) => first[0] === second[0] || !second[2]),
  );
}

/** Throws where a restored sequence stands outside of what the dump can have held. */
export function assertWithinBounds(found: Positions, bounds: SequenceBounds): void {
  for (const [name, [first, second]] of Object.entries(bounds)) {
    const position = found[name];
    if (!position || !isBetween(position, first, second)) {
      throw new AppError(
        "ENGINE_DIGEST_MISMATCH",
        "a sequence stands elsewhere than in the backup",
      );
    }
  }
}

function isBetween(position: Position, first: Position, second: Position): boolean {
  if (first[0] === second[0]) {
    return position[0] === first[0] && (first[1] !== second[1] || position[1] === first[1]);
  }
  const value = BigInt(position[0]);
  const [a, b] = [BigInt(first[0]), BigInt(second[0])];
  return a < b ? value >= a && value <= b : value >= b && value <= a;
}
