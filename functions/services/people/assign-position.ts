import { z } from "zod";
import { positionHolders } from "#db/schema/people.ts";
import { AppError, type FieldProblem } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { personByEmail } from "./accounts.ts";

/** Gives a person a position of an agency between two dates, by a decree. */
export async function assignPosition(
  deps: Pick<Deps, "db" | "catalog" | "now" | "newId">,
  input: {
    readonly email: string;
    readonly agency: string;
    readonly jabatan: string;
    readonly capacity: string;
    readonly since: string;
    readonly until: string | null;
    readonly decree: string;
  },
): Promise<{ readonly id: string }> {
  const agency = deps.catalog.agencies.get(input.agency);
  const capacity = z.enum(["definitif", "plt", "plh"]).safeParse(input.capacity);
  const date = (value: string): boolean => z.iso.date().safeParse(value).success;
  const problems: FieldProblem[] = [];
  const problem = (field: string, pesan: string) => problems.push({ field, pesan });
  if (!agency) problem("instansi", "Instansi tidak ada. Pilih id dari content/instansi.");
  if (agency && !agency.jabatan.some((post) => post.id === input.jabatan)) {
    problem("jabatan", "Jabatan tidak ada pada instansi ini. Pilih id dari content/instansi.");
  }
  if (!capacity.success) problem("kapasitas", "Tulis definitif, plt, atau plh.");
  if (!date(input.since)) problem("sejak", "Tulis tanggal sebagai TTTT-BB-HH.");
  if (input.until !== null && (!date(input.until) || input.until < input.since)) {
    problem("sampai", "Tulis tanggal sesudah tanggal sejak, sebagai TTTT-BB-HH.");
  }
  if (input.decree.trim() === "") problem("dasar", "Tulis surat keputusan yang menjadi dasar.");
  if (problems.length > 0 || !capacity.success) {
    throw new AppError("INPUT_INVALID", "position data", { problems });
  }
  const id = deps.newId();
  await deps.db.orm.insert(positionHolders).values({
    id,
    person: await personByEmail(deps.db, input.email),
    agency: input.agency,
    jabatan: input.jabatan,
    capacity: capacity.data,
    since: input.since,
    until: input.until,
    decree: input.decree.trim(),
    createdAt: deps.now().toISOString(),
  });
  return { id };
}
