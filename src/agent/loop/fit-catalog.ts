import { BODY_BYTES_MAX, type PollRequest } from "#protocol/v1.ts";

export type Shown = NonNullable<PollRequest["catalog"]>;

const SHOWN_OF_TARGET_MAX = 100;
/** A body carries its payload in base64, beside a signature and what else a poll tells. */
const CATALOG_BYTES_MAX = Math.floor((BODY_BYTES_MAX * 3) / 4) - 40_000;
/** Drills are evidence, backups are what people choose from: those get most of the room. */
const DRILL_BYTES_MAX = 150_000;

/** What one request can hold: all targets, the newest drills, the newest backups of each target. */
export function fitCatalog(all: Shown): Shown {
  let left = CATALOG_BYTES_MAX - bytesOf(all.targets);
  const drills = first(all.drills, Math.min(left, DRILL_BYTES_MAX));
  left -= bytesOf(drills);
  return { targets: all.targets, drills, backups: first(newest(all.backups), left) };
}

function newest(backups: Shown["backups"]): Shown["backups"] {
  const ofAlias = new Map<string, number>();
  return backups
    .toSorted((one, other) => Date.parse(other.finishedAt) - Date.parse(one.finishedAt))
    .filter(({ alias }) => {
      const count = (ofAlias.get(alias) ?? 0) + 1;
      ofAlias.set(alias, count);
      return count <= SHOWN_OF_TARGET_MAX;
    });
}

/** As many of the first as fit. */
function first<T>(items: readonly T[], bytesMax: number): T[] {
  let left = bytesMax;
  const end = items.findIndex((item) => {
    left -= bytesOf(item) + 1;
    return left < 0;
  });
  return items.slice(0, end === -1 ? items.length : end);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
