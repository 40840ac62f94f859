/** What the list of requests is asked for: read from an address, told in words, turned into SQL. */
import { and, asc, desc, eq, gte, inArray, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { requests } from "#db/schema/requests.ts";
import type { Deps } from "../deps.ts";
import type { RequestFilter, Viewer } from "../services.ts";
import { readReference } from "./reference.ts";
import { actedIn, agenciesOf, dateAfter, midnight, OPD } from "./rows.ts";

const text = z.string().trim().max(200);
/** What cannot be read counts as not asked: an address is often typed or shortened by hand. */
const Filter = z.object({
  keadaan: z
    .enum(["diproses", "menunggu-jawaban", "selesai", "ditolak", "dibatalkan"])
    .nullable()
    .catch(null),
  sop: text.min(1).nullable().catch(null),
  jenis: z.enum(["backup", "restore"]).nullable().catch(null),
  cari: text.min(1).nullable().catch(null),
  langkah: z.coerce.number().int().min(1).max(999).nullable().catch(null),
  lewat: z.literal("1").nullable().catch(null),
  dari: z.iso.date().nullable().catch(null),
  sampai: z.iso.date().nullable().catch(null),
  saya: z.literal("1").nullable().catch(null),
  urut: z.enum(["terbaru", "terlama", "batas"]).catch("terbaru"),
  halaman: z.coerce.number().int().min(1).max(1_000_000).catch(1),
});

export function readFilter(query: URLSearchParams): RequestFilter {
  const given = (name: string): string | null => query.get(name)?.trim() || null;
  const names = Object.keys(Filter.shape);
  return Filter.parse(Object.fromEntries(names.map((name) => [name, given(name)])));
}

const STATUS = {
  diproses: "active",
  "menunggu-jawaban": "active",
  selesai: "completed",
  ditolak: "refused",
  dibatalkan: "cancelled",
} as const;

/** The viewer's agencies always bound the list, whatever is asked. */
export function whereOf(deps: Deps, viewer: Viewer, filter: RequestFilter): SQL | undefined {
  const { keadaan, sop, jenis, cari, langkah, lewat, saya } = filter;
  return and(
    inArray(requests.agency, agenciesOf(viewer)),
    keadaan ? eq(requests.status, STATUS[keadaan]) : undefined,
    keadaan === "menunggu-jawaban" ? eq(requests.awaitsAnswer, true) : undefined,
    sop ? eq(requests.slug, sop) : undefined,
    jenis ? eq(requests.kind, jenis) : undefined,
    langkah ? and(eq(requests.status, "active"), eq(requests.step, langkah)) : undefined,
    lewat ? overdue(deps.now()) : undefined,
    saya ? actedIn(viewer.person) : undefined,
    cari ? matches(cari) : undefined,
    submittedWithin(deps, viewer, filter),
  );
}

export function orderOf({ urut }: RequestFilter): SQL[] {
  switch (urut) {
    case "terbaru":
      return [desc(requests.submittedAt), asc(requests.id)];
    case "terlama":
      return [asc(requests.submittedAt), asc(requests.id)];
    case "batas":
      // Closed requests keep no due date that matters.
      return [
        sql`${requests.status} <> 'active'`,
        sql`${isNull(requests.dueAt)}`,
        asc(requests.dueAt),
        asc(requests.id),
      ];
  }
}

function overdue(now: Date): SQL | undefined {
  return and(
    eq(requests.status, "active"),
    eq(requests.awaitsAnswer, false),
    lt(requests.dueAt, now.toISOString()),
  );
}

/** A reference number as people type it, or a part of the OPD's name. */
function matches(typed: string): SQL {
  const id = readReference(typed);
  if (id !== null) return eq(requests.id, id);
  const pattern = `%${typed.replace(/[\\%_]/g, "\\$&")}%`;
  return sql`${OPD} LIKE ${pattern} ESCAPE '\\'`;
}

/** Days as each agency counts them, both inclusive. */
function submittedWithin(deps: Deps, viewer: Viewer, { dari, sampai }: RequestFilter) {
  if (dari === null && sampai === null) return undefined;
  return or(
    ...agenciesOf(viewer).map((agency) =>
      and(
        eq(requests.agency, agency),
        dari === null ? undefined : gte(requests.submittedAt, midnight(deps, agency, dari)),
        sampai === null
          ? undefined
          : lt(requests.submittedAt, midnight(deps, agency, dateAfter(sampai))),
      ),
    ),
  );
}
