/** When a vault will be full, from what was free on the days before. */
import { z } from "zod";
import type { AgentContext } from "../context.ts";
import { keepPath, readKept, writeKept } from "./state-file.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_KEPT = 60;
/** A trend of fewer samples or a shorter time is none. */
const SAMPLES_MIN = 3;
const SPAN_MIN_MS = 2 * DAY_MS;
/** Space that grows by so much of the most there was is a clearing out. */
const CLEARED_SHARE = 0.25;
/** Days before the vault is full from which people are told. */
export const FULL_SOON_DAYS = 14;

const Sample = z.strictObject({ at: z.iso.datetime(), freeBytes: z.int().nonnegative() });
export type Sample = z.infer<typeof Sample>;
const Samples = z.strictObject({ v: z.literal(1), samples: z.array(Sample) });

/**
 * The instant at which nothing will be free; null where space does not shrink or too little is known.
 * The slope is the median of those between all pairs (Theil and Sen), so that one unusually large
 * backup does not bend it; what was before the last clearing out says nothing of the use since.
 */
export function fullAt(samples: readonly Sample[]): Date | null {
  const all = samples
    .map(({ at, freeBytes }) => ({ at: Date.parse(at), free: freeBytes }))
    .sort((one, other) => one.at - other.at);
  const most = Math.max(0, ...all.map(({ free }) => free));
  const cleared = all.findLastIndex(
    ({ free }, index) => free - (all[index - 1]?.free ?? free) > most * CLEARED_SHARE,
  );
  const points = all.slice(Math.max(0, cleared));
  const [first, last] = [points.at(0), points.at(-1)];
  if (!first || !last || points.length < SAMPLES_MIN || last.at - first.at < SPAN_MIN_MS) {
    return null;
  }
  const slopes = points
    .flatMap((one, index) =>
      points
        .slice(index + 1)
        .filter((other) => other.at > one.at)
        .map((other) => (other.free - one.free) / (other.at - one.at)),
    )
    .sort((one, other) => one - other);
  const slope = slopes[Math.floor(slopes.length / 2)] ?? 0;
  if (slope >= 0) return null;
  const leftMs = last.free / -slope;
  // Beyond what a date can hold it is never.
  return leftMs > 100 * 365 * DAY_MS ? null : new Date(last.at + leftMs);
}

/** Notes what is free now, once a day and vault; a store that cannot tell is left out. */
export async function sampleSpace(ctx: AgentContext, now: Date): Promise<void> {
  for (const { alias } of ctx.config.vaults) {
    const freeBytes = await ctx
      .vault(alias)
      .freeBytes()
      .catch(() => null);
    if (freeBytes === null) continue;
    const today = now.toISOString().slice(0, 10);
    const oldest = now.getTime() - DAYS_KEPT * DAY_MS;
    const before = (await readSamples(ctx.config.data, alias)).filter(
      ({ at }) =>
        !at.startsWith(today) && Date.parse(at) > oldest && Date.parse(at) <= now.getTime(),
    );
    const samples = [...before, { at: now.toISOString(), freeBytes: Math.round(freeBytes) }];
    await writeKept(pathOf(ctx.config.data, alias), { v: 1, samples });
  }
}

/** When each vault will be full, as known now; vaults without a trend are left out. */
export async function fullDates(
  config: AgentContext["config"],
): Promise<ReadonlyMap<string, Date>> {
  const dates = new Map<string, Date>();
  for (const { alias } of config.vaults) {
    const date = fullAt(await readSamples(config.data, alias));
    if (date) dates.set(alias, date);
  }
  return dates;
}

export function isFullSoon(date: Date | undefined, now: Date): boolean {
  return date !== undefined && date.getTime() - now.getTime() < FULL_SOON_DAYS * DAY_MS;
}

async function readSamples(data: string, vault: string): Promise<readonly Sample[]> {
  return (await readKept(pathOf(data, vault), Samples))?.samples ?? [];
}

function pathOf(data: string, vault: string): string {
  return keepPath(data, "space", `${vault}.json`);
}
