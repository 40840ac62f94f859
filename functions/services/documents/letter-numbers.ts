/**
 * Numbers of letters: one after another within a year, without gaps. A number is taken while the
 * series is held and written in the batch that uses it, so that an act that fails takes none.
 */
import { and, eq, sql } from "drizzle-orm";
import type { Naskah, NumberedKind } from "#catalog/naskah-schema.ts";
import type { Statement } from "#db/client.ts";
import { guard } from "#db/guard.ts";
import { letterCounters } from "#db/schema/requests.ts";
import { letterNumber } from "#domain/letters/number.ts";
import type { DocumentKind } from "#domain/sop/schema.ts";
import type { Deps } from "../deps.ts";
import { exclusively } from "../exclusively.ts";

export interface Allotted {
  /** Null where the agency numbers no letters of this kind. */
  readonly number: string | null;
  /** For the batch: the counter goes on, if nobody else moved it. */
  readonly statements: readonly Statement[];
}

/** Does `use` with the next number of the kind's series, which nobody else is given meanwhile. */
export async function withNumber<T>(
  deps: Pick<Deps, "db" | "catalog">,
  letter: { readonly agency: string; readonly kind: DocumentKind; readonly date: string },
  use: (allotted: Allotted) => Promise<T>,
): Promise<T> {
  const naskah = deps.catalog.agencies.get(letter.agency)?.naskah;
  const rule = naskah?.nomor[letter.kind as NumberedKind];
  if (!naskah || !rule) return use({ number: null, statements: [] });
  const series = rule.seri ?? letter.kind;
  const year = Number(letter.date.slice(0, 4));
  return exclusively(`${letter.agency} ${series} ${year}`, async () => {
    const key = { agency: letter.agency, series, year };
    const sequence = (await lastOf(deps, key)) + 1;
    return use({
      number: written(naskah, rule, sequence, letter.date),
      statements: takeStatements(deps, key, sequence),
    });
  });
}

interface SeriesKey {
  readonly agency: string;
  readonly series: string;
  readonly year: number;
}

async function lastOf({ db }: Pick<Deps, "db">, key: SeriesKey): Promise<number> {
  const [row] = await db.orm
    .select({ last: letterCounters.last })
    .from(letterCounters)
    .where(
      and(
        eq(letterCounters.agency, key.agency),
        eq(letterCounters.series, key.series),
        eq(letterCounters.year, key.year),
      ),
    );
  return row?.last ?? 0;
}

function takeStatements(
  { db }: Pick<Deps, "db">,
  { agency, series, year }: SeriesKey,
  sequence: number,
): Statement[] {
  return [
    guard(sql`coalesce((SELECT last FROM letter_counters
      WHERE agency = ${agency} AND series = ${series} AND year = ${year}), 0) = ${sequence - 1}`),
    db.orm
      .insert(letterCounters)
      .values({ agency, series, year, last: sequence })
      .onConflictDoUpdate({
        target: [letterCounters.agency, letterCounters.series, letterCounters.year],
        set: { last: sequence },
      }),
  ];
}

function written(
  naskah: Naskah,
  rule: { readonly format: string; readonly klasifikasi?: string | undefined },
  sequence: number,
  date: string,
): string {
  return letterNumber(rule.format, {
    sequence,
    date,
    derajat: naskah.derajat ?? "",
    klasifikasi: rule.klasifikasi ?? "",
    unit: naskah.unit ?? "",
  });
}
