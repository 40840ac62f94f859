import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { positionHolders } from "#db/schema/people.ts";
import { daysAfter } from "#domain/authority/positions-on.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { logged } from "./admin-log.ts";

/**
 * Ends a holding before its time. The last day may be the day before its first: then it was never
 * in force. What was lent by it ends with it.
 */
export async function endPosition(
  deps: Pick<Deps, "db" | "now" | "newId">,
  input: { readonly by: string; readonly id: string; readonly lastDay: string },
): Promise<{ readonly agency: string }> {
  const row = await holdingById(deps, input.id);
  const { lastDay } = input;
  const wrong = (pesan: string) =>
    new AppError("INPUT_INVALID", "last day", { problems: [{ field: "sampai", pesan }] });
  if (!z.iso.date().safeParse(lastDay).success) throw wrong("Pilih hari terakhirnya.");
  if (lastDay < daysAfter(row.since, -1)) {
    throw wrong("Hari terakhir tidak dapat sebelum jabatan ini dimulai.");
  }
  if (row.until !== null && lastDay > row.until) {
    throw wrong("Jabatan ini berakhir lebih dulu. Untuk memperpanjang, betulkan datanya.");
  }
  await deps.db.write([
    deps.db.orm
      .update(positionHolders)
      .set({ until: lastDay })
      .where(and(eq(positionHolders.id, row.id), eq(positionHolders.since, row.since))),
    logged(deps, {
      by: input.by,
      act: "position_ended",
      person: row.person,
      detail: {
        id: row.id,
        agency: row.agency,
        jabatan: row.jabatan,
        capacity: row.capacity,
        until: lastDay,
        before: row.until ?? "",
      },
    }),
  ]);
  return { agency: row.agency };
}

export async function holdingById({ db }: Pick<Deps, "db">, id: string) {
  const [row] = await db.orm.select().from(positionHolders).where(eq(positionHolders.id, id));
  if (!row) throw new AppError("NOT_FOUND", "no such holding");
  return row;
}
