/**
 * Durations kept as counts of buckets, so that a median costs the same after a thousand requests and
 * after a million. Buckets are one minute wide up to 100 minutes and then grow by 1 %: a quantile read
 * from them is never more than 1 % above the true one (the idea of DDSketch, Masson et al. 2019).
 */
const EXACT_UP_TO = 100;
const GROWTH = Math.log(1.01);

/** The bucket of a duration in working minutes. Part minutes count as whole ones. */
export function bucketOf(minutes: number): number {
  const whole = Math.max(0, Math.ceil(minutes));
  if (whole <= EXACT_UP_TO) return whole;
  return EXACT_UP_TO + Math.ceil(Math.log(whole / EXACT_UP_TO) / GROWTH - 1e-9);
}

/** The longest duration that falls into a bucket, in minutes. */
export function minutesOf(bucket: number): number {
  if (bucket <= EXACT_UP_TO) return bucket;
  return Math.floor(EXACT_UP_TO * Math.exp((bucket - EXACT_UP_TO) * GROWTH) + 1e-9);
}

/** Count by bucket. */
export type Histogram = ReadonlyMap<number, number>;

export function sizeOf(histogram: Histogram): number {
  let size = 0;
  for (const count of histogram.values()) size += count;
  return size;
}

/** The smallest duration that at least a share `q` of all do not exceed; null of nothing. */
export function quantile(histogram: Histogram, q: number): number | null {
  const size = sizeOf(histogram);
  if (size === 0) return null;
  const rank = Math.max(1, Math.ceil(q * size));
  let passed = 0;
  for (const [bucket, count] of [...histogram].sort(([a], [b]) => a - b)) {
    passed += count;
    if (passed >= rank) return minutesOf(bucket);
  }
  return null;
}
