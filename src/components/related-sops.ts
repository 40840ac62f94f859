import type { Sop } from "#domain/sop/schema.ts";
import type { SopEntry } from "../content.config.ts";

/** How many others a page leads to. */
const MOST = 6;

/**
 * Other SOPs in force, nearest first: those the SOP itself names, then of the same agency, then of
 * the same service; equally near ones as they come.
 */
export function relatedSops(sop: Sop, entries: readonly SopEntry[]): Sop[] {
  const named = new Set(sop.keterkaitan.flatMap(({ rujukan }) => rujukan ?? []));
  const ranks: readonly ((other: Sop) => boolean)[] = [
    (other) => named.has(other.slug),
    (other) => other.instansi === sop.instansi,
    (other) => other.jenisPermohonan.some((kind) => sop.jenisPermohonan.includes(kind)),
  ];
  const found = new Set<Sop>();
  for (const near of ranks) {
    for (const { sop: other, life } of entries) {
      if (found.size === MOST) return [...found];
      if (other.slug !== sop.slug && life.status === "berlaku" && near(other)) found.add(other);
    }
  }
  return [...found];
}
