/** The one way into `position_holders`: judged by the rule, written only if nothing changed meanwhile. */
import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Statement } from "#db/client.ts";
import { brokenPromise, guard } from "#db/guard.ts";
import { admins, mandates, positionHolders } from "#db/schema/people.ts";
import { judgeHolding } from "#domain/authority/judge-holding.ts";
import { HELD_CAPACITIES } from "#domain/authority/positions-on.ts";
import { AppError, type FieldProblem } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";

export type HoldingRow = typeof positionHolders.$inferSelect;

/** As it comes from a form or a command. */
export interface TypedHolding {
  readonly person: string;
  readonly agency: string;
  readonly jabatan: string;
  readonly capacity: string;
  readonly since: string;
  readonly until: string | null;
  readonly decree: string;
}

const isDate = (value: string): boolean => z.iso.date().safeParse(value).success;

/** What was typed as a holding, or INPUT_INVALID with every field to mend. */
export function readHolding({ catalog }: Pick<Deps, "catalog">, typed: TypedHolding) {
  const agency = catalog.agencies.get(typed.agency);
  const post = agency?.jabatan.find(({ id }) => id === typed.jabatan);
  const capacity = z.enum(HELD_CAPACITIES).safeParse(typed.capacity);
  const problems: FieldProblem[] = [];
  const problem = (field: string, pesan: string) => problems.push({ field, pesan });
  if (!agency) problem("instansi", "Instansi tidak ada. Pilih id dari content/instansi.");
  if (agency && !post) {
    problem("jabatan", "Jabatan tidak ada pada instansi ini. Pilih id dari content/instansi.");
  }
  if (!capacity.success) problem("kapasitas", "Pilih definitif, plt, atau plh.");
  if (!isDate(typed.since)) problem("sejak", "Tulis tanggal sebagai TTTT-BB-HH.");
  if (typed.until !== null && !isDate(typed.until)) {
    problem("sampai", "Tulis tanggal sebagai TTTT-BB-HH, atau kosongkan bila belum berbatas.");
  }
  if (typed.decree.trim() === "") problem("dasar", "Tulis surat keputusan yang menjadi dasar.");
  if (problems.length > 0 || !capacity.success || !post) {
    throw new AppError("INPUT_INVALID", "position data", { problems });
  }
  const { person, agency: agencyId, jabatan, since, until } = typed;
  const holding = { person, agency: agencyId, jabatan, capacity: capacity.data, since, until };
  return { holding, decree: typed.decree.trim(), tunggal: post.tunggal === true };
}

type Read = ReturnType<typeof readHolding>;

/**
 * Writes `statements` if the holding may stand beside the others of its position: judged by the
 * rule, and again by the database if another appointment came between.
 */
export async function writeHolding(
  { db }: Pick<Deps, "db">,
  { holding, tunggal }: Read,
  /** The row it takes the place of. */
  replaced: string | null,
  statements: readonly Statement[],
): Promise<void> {
  const { person, agency, jabatan } = holding;
  const rows = await db.orm
    .select()
    .from(positionHolders)
    .where(and(eq(positionHolders.agency, agency), eq(positionHolders.jabatan, jabatan)))
    .orderBy(positionHolders.id);
  const others = rows.filter(({ id }) => id !== replaced);
  const problems = judgeHolding(holding, others, { tunggal });
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "position data", { problems });
  const [admin] = await db.orm.select().from(admins).where(eq(admins.person, person));
  if (admin) throw new AppError("ADMIN_NO_POSITION", "an admin holds no position");
  try {
    await db.write([
      guard(sql`NOT EXISTS (SELECT 1 FROM ${admins} WHERE ${admins.person} = ${person})`),
      guard(sql`${stateOf(agency, jabatan)} = ${rows.map(shown).join()}`),
      ...statements,
    ]);
  } catch (error) {
    if (brokenPromise(error) !== "guard") throw error;
    throw new AppError("AUTHORITY_CHANGED", "the position changed meanwhile", { cause: error });
  }
}

/** Refuses who acts for a position now or later; as a condition for the batch too. */
export function actsForNone(person: string, earliestToday: string) {
  return sql`NOT EXISTS (SELECT 1 FROM ${positionHolders} WHERE ${positionHolders.person} = ${person} AND coalesce(${positionHolders.until}, '9999') >= ${earliestToday})
    AND NOT EXISTS (SELECT 1 FROM ${mandates} WHERE ${mandates.receiver} = ${person} AND ${mandates.endedAt} IS NULL AND ${mandates.until} >= ${earliestToday})`;
}

function shown({ id, capacity, since, until }: HoldingRow): string {
  return `${id} ${capacity} ${since} ${until ?? ""}`;
}

/** The rows of a position as one text, the same as `shown` makes. */
function stateOf(agency: string, jabatan: string) {
  return sql`(SELECT coalesce(group_concat(id || ' ' || capacity || ' ' || since || ' ' || coalesce("until", '')), '')
    FROM (SELECT * FROM ${positionHolders} WHERE ${positionHolders.agency} = ${agency} AND ${positionHolders.jabatan} = ${jabatan} ORDER BY id))`;
}
