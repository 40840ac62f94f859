import { canonicalJson, type Json, sha256Hex } from "#domain/trust/canonical.ts";
import type { ContentDigest, ContentEntry } from "#protocol/manifest.ts";

/**
 * Seals what an engine found in a target: entries sorted by name, one digest over all of it.
 * Two targets with the same digest by the same algorithm hold the same content.
 */
export async function contentDigest(found: {
  readonly algorithm: string;
  readonly inventory: Readonly<Record<string, number>>;
  readonly entries: readonly ContentEntry[];
}): Promise<ContentDigest> {
  const content = {
    algorithm: found.algorithm,
    inventory: { ...found.inventory },
    entries: found.entries.toSorted((a, b) => byCodeUnit(a.name, b.name)),
  };
  return { ...content, digest: await sha256Hex(canonicalJson(content satisfies Json)) };
}

/** Digests of different algorithms say nothing about each other, so they never count as equal. */
export function sameContent(a: ContentDigest, b: ContentDigest): boolean {
  return a.algorithm === b.algorithm && a.digest === b.digest;
}

/** Names of entries and kinds of objects that differ; for the agent's own log only. */
export function differences(a: ContentDigest, b: ContentDigest): string[] {
  const left = digestsByName(a);
  const right = digestsByName(b);
  const names = new Set([...left.keys(), ...right.keys()]);
  return [...names].filter((name) => left.get(name) !== right.get(name)).sort(byCodeUnit);
}

function digestsByName(content: ContentDigest): Map<string, string> {
  return new Map([
    ...Object.entries(content.inventory).map(
      ([kind, count]) => [`inventory of ${kind}`, String(count)] as const,
    ),
    ...content.entries.map((entry) => [entry.name, `${entry.count} ${entry.digest}`] as const),
  ]);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
