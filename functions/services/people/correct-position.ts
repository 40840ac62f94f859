import { eq } from "drizzle-orm";
import { positionHolders } from "#db/schema/people.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { logged } from "./admin-log.ts";
import { holdingById } from "./end-position.ts";
import { readHolding, writeHolding } from "./hold-position.ts";

/** Mends what was written wrongly of a holding; the log keeps what stood there before, and why. */
export async function correctPosition(
  deps: Pick<Deps, "db" | "catalog" | "now" | "newId">,
  input: {
    readonly by: string;
    readonly id: string;
    readonly capacity: string;
    readonly since: string;
    readonly until: string | null;
    readonly decree: string;
    readonly reason: string;
  },
): Promise<{ readonly agency: string }> {
  const row = await holdingById(deps, input.id);
  const { person, agency, jabatan } = row;
  if (input.reason.trim() === "") {
    throw new AppError("INPUT_INVALID", "no reason", {
      problems: [{ field: "alasan", pesan: "Tulis apa yang keliru." }],
    });
  }
  const read = readHolding(deps, { ...input, person, agency, jabatan });
  const { capacity, since, until } = read.holding;
  const span = (from: string, to: string | null) => `${from}/${to ?? ""}`;
  await writeHolding(deps, read, row.id, [
    deps.db.orm
      .update(positionHolders)
      .set({ capacity, since, until, decree: read.decree })
      .where(eq(positionHolders.id, row.id)),
    logged(deps, {
      by: input.by,
      act: "position_corrected",
      person,
      detail: {
        id: row.id,
        agency,
        jabatan,
        before: `${row.capacity} ${span(row.since, row.until)} ${row.decree}`,
        after: `${capacity} ${span(since, until)} ${read.decree}`,
        reason: input.reason.trim(),
      },
    }),
  ]);
  return { agency };
}
