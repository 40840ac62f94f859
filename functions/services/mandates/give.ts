import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { brokenPromise, guard } from "#db/guard.ts";
import { admins, mandates } from "#db/schema/people.ts";
import { judgeMandate } from "#domain/authority/judge-mandate.ts";
import { AppError, type FieldProblem } from "#domain/errors.ts";
import type { Ctx, Deps } from "../deps.ts";
import { authorityOfAgency, todayOf } from "../people/read-authority.ts";

export interface MandateInput {
  readonly agency: string;
  readonly jabatan: string;
  readonly receiver: string;
  readonly since: string;
  readonly until: string;
  readonly basis: string;
}

/** A holder lends a position for some days. The holder may go on acting and stays answerable. */
export async function giveMandate(
  deps: Deps,
  { viewer }: Pick<Ctx, "viewer">,
  input: MandateInput,
): Promise<{ readonly id: string }> {
  if (!viewer) throw new AppError("AUTH_REQUIRED", "mandate");
  if (viewer.admin) throw new AppError("ADMIN_NO_POSITION", "an admin holds nothing to lend");
  if (!viewer.secondFactor) throw new AppError("AUTH_SECOND_FACTOR", "mandate");
  const today = todayOf(deps, input.agency);
  const isDate = (value: string) => z.iso.date().safeParse(value).success;
  const problems: FieldProblem[] = [
    ...(input.basis.trim() === ""
      ? [{ field: "dasar", pesan: "Tulis surat atau alasan yang menjadi dasar mandat." }]
      : []),
    ...(isDate(input.since) ? [] : [{ field: "sejak", pesan: "Pilih tanggal mulai." }]),
    ...(isDate(input.until) ? [] : [{ field: "sampai", pesan: "Pilih tanggal terakhir." }]),
  ];
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "mandate form", { problems });
  const { agency, jabatan, receiver, since, until } = input;
  const mandate = { giver: viewer.person, receiver, agency, jabatan, since, until };
  const authority = await authorityOfAgency(deps, agency);
  const wrong = judgeMandate({ ...mandate, takenBack: false }, today, authority);
  if (wrong.length > 0) throw new AppError("INPUT_INVALID", "mandate", { problems: wrong });
  const id = deps.newId();
  try {
    await deps.db.write([
      guard(sql`NOT EXISTS (SELECT 1 FROM ${admins} WHERE ${admins.person} = ${receiver})`),
      deps.db.orm.insert(mandates).values({
        id,
        ...mandate,
        basis: input.basis.trim(),
        createdAt: deps.now().toISOString(),
      }),
    ]);
  } catch (error) {
    if (brokenPromise(error) !== "guard") throw error;
    throw new AppError("ADMIN_NO_POSITION", "the receiver is an admin", { cause: error });
  }
  deps.log("mandate_given", { mandate: id, by: viewer.person });
  return { id };
}

/** Ends a mandate at once. Only its giver takes it back. */
export async function takeBackMandate(
  deps: Deps,
  { viewer }: Pick<Ctx, "viewer">,
  input: { readonly id: string },
): Promise<{ readonly id: string }> {
  if (!viewer) throw new AppError("AUTH_REQUIRED", "mandate");
  const [row] = await deps.db.orm
    .select()
    .from(mandates)
    .where(and(eq(mandates.id, input.id), eq(mandates.giver, viewer.person)));
  if (!row) throw new AppError("NOT_FOUND", "no such mandate of theirs");
  await deps.db.orm
    .update(mandates)
    .set({ endedAt: row.endedAt ?? deps.now().toISOString() })
    .where(eq(mandates.id, row.id));
  deps.log("mandate_taken_back", { mandate: row.id, by: viewer.person });
  return { id: row.id };
}
