/**
 * Counts that can be published without pointing at an office or a person.
 *
 * A count of 1–4 is shown as "kurang dari 5" (`small`). That is not enough where a sum is published
 * beside its parts: the hidden number could be worked out. So further counts are withheld until of
 * each small number at least three values remain possible (complementary suppression).
 *
 * Figures are nodes, sums say which add up to which. Each figure is a part of at most one sum, and
 * sums do not run in a circle: on such a forest, working out bounds sum by sum is exact, so the check
 * here is the whole attack, not an approximation of it.
 *
 * What was published stays published: a later publication can only withhold what is new in it,
 * otherwise comparing the two would tell what was hidden in the first.
 */

/** Below this a count is small. Never lowered after the first publication. */
export const SMALL_BELOW = 5;

export interface Sum {
  readonly total: string;
  readonly parts: readonly string[];
}

export type Shown =
  | { readonly kind: "count"; readonly value: number }
  /** 1–4. */
  | { readonly kind: "small" }
  /** Withheld to protect a small one: anything but 0. */
  | { readonly kind: "withheld" }
  /** Withheld together with all that ended in its period: 0 as well. */
  | { readonly kind: "hidden" };

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

const SMALL: Bounds = { low: 1, high: SMALL_BELOW - 1 };
const UNKNOWN: Bounds = { low: 0, high: Number.POSITIVE_INFINITY };
/** Values of a small count that must remain possible. */
export const POSSIBLE_LEAST = 3;

/** What readers know of figures besides how they are shown, e.g. from the months being there. */
export type Limits = ReadonlyMap<string, Bounds>;

/**
 * What to show for each figure. `published` are those of earlier publications, as they were shown.
 * The totals among `figures` must be the sums of their parts.
 */
export function protect(
  figures: ReadonlyMap<string, number>,
  sums: readonly Sum[],
  published: ReadonlyMap<string, Shown> = new Map(),
  limits: Limits = new Map(),
): Map<string, Shown> {
  const shown = new Map<string, Shown>(
    [...figures].map(([id, value]) => [id, published.get(id) ?? asShown(value)]),
  );
  for (;;) {
    const bounds = workOut(shown, sums, limits);
    // A small one that is withheld may be worked out just as well as one that is shown as small.
    const exposed = [...figures].find(
      ([id, value]) => isSmall(value) && isExposed(bounds.get(id) ?? SMALL),
    );
    if (!exposed) return shown;
    const [id] = exposed;
    // A sum of three that are each 1 or more cannot be "kurang dari 5" beside them.
    const last = published.has(id) || shown.get(id)?.kind !== "small" ? null : id;
    const next = toWithhold(id, figures, sums, shown, published) ?? last;
    if (next === null) return nothingNew(shown, published);
    shown.set(next, { kind: "withheld" });
  }
}

/** Tells as much as the publications before. */
function nothingNew(
  shown: ReadonlyMap<string, Shown>,
  published: ReadonlyMap<string, Shown>,
): Map<string, Shown> {
  return new Map([...shown.keys()].map((id) => [id, published.get(id) ?? { kind: "hidden" }]));
}

/**
 * What a reader who knows these rules can work out of each figure. Where no history fits at all, some
 * figure is left with bounds that cross.
 */
export function workOut(
  shown: ReadonlyMap<string, Shown>,
  sums: readonly Sum[],
  limits: Limits = new Map(),
): Map<string, Bounds> {
  const bounds = new Map([...shown].map(([id, one]) => [id, within(known(one), limits.get(id))]));
  const of = (id: string): Bounds => bounds.get(id) ?? UNKNOWN;
  let moved = true;
  let possible = true;
  const narrow = (id: string, low: number, high: number): void => {
    const before = of(id);
    const after = { low: Math.max(before.low, low), high: Math.min(before.high, high) };
    if (after.low === before.low && after.high === before.high) return;
    bounds.set(id, after);
    if (after.low > after.high) possible = false;
    moved = true;
  };
  while (moved && possible) {
    moved = false;
    for (const { total, parts } of sums) {
      const low = add(parts.map((part) => of(part).low));
      const high = add(parts.map((part) => of(part).high));
      narrow(total, low, high);
      for (const part of parts) {
        const others = parts.filter((other) => other !== part).map(of);
        narrow(
          part,
          of(total).low - add(others.map((other) => other.high)),
          of(total).high - add(others.map((other) => other.low)),
        );
      }
    }
  }
  return bounds;
}

export function isSmall(value: number): boolean {
  return value > 0 && value < SMALL_BELOW;
}

function asShown(value: number): Shown {
  return isSmall(value) ? { kind: "small" } : { kind: "count", value };
}

function within({ low, high }: Bounds, limit: Bounds = UNKNOWN): Bounds {
  return { low: Math.max(low, limit.low), high: Math.min(high, limit.high) };
}

function known(one: Shown): Bounds {
  switch (one.kind) {
    case "count":
      return { low: one.value, high: one.value };
    case "small":
      return SMALL;
    case "withheld":
      return { low: 1, high: Number.POSITIVE_INFINITY };
    case "hidden":
      return UNKNOWN;
  }
}

function isExposed({ low, high }: Bounds): boolean {
  return high - low + 1 < POSSIBLE_LEAST;
}

/**
 * The figure whose loss costs readers least: the smallest new one still shown, of the sums the exposed
 * figure stands in, then of the sums those stand in, and so on outwards. Only where no count is left
 * does a "kurang dari 5" become unknown as well: four parts that are each 1 or more cannot stand
 * beside a sum below 5.
 */
function toWithhold(
  exposed: string,
  figures: ReadonlyMap<string, number>,
  sums: readonly Sum[],
  shown: ReadonlyMap<string, Shown>,
  published: ReadonlyMap<string, Shown>,
): string | null {
  const reached = new Set([exposed]);
  for (;;) {
    const around = sums.filter(({ total, parts }) =>
      [total, ...parts].some((id) => reached.has(id)),
    );
    const ids = around.flatMap(({ total, parts }) => [...parts, total]);
    const least = (kind: Shown["kind"]): string | undefined =>
      ids
        .filter((id) => id !== exposed && shown.get(id)?.kind === kind && !published.has(id))
        .filter((id) => figures.get(id) !== 0)
        .sort((a, b) => (figures.get(a) ?? 0) - (figures.get(b) ?? 0))[0];
    const found = least("count") ?? least("small");
    if (found !== undefined) return found;
    const before = reached.size;
    for (const id of ids) reached.add(id);
    if (reached.size === before) return null;
  }
}

function add(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
