import { positionHolders } from "#db/schema/people.ts";
import type { Deps } from "../deps.ts";
import { personByEmail } from "./accounts.ts";
import { logged } from "./admin-log.ts";
import { readHolding, writeHolding } from "./hold-position.ts";

/** Gives a person a position of an agency between two dates, by a decree. Throws ADMIN_NO_POSITION. */
export async function assignPosition(
  deps: Pick<Deps, "db" | "catalog" | "now" | "newId">,
  {
    email,
    by = null,
    ...typed
  }: {
    readonly email: string;
    readonly agency: string;
    readonly jabatan: string;
    readonly capacity: string;
    readonly since: string;
    readonly until: string | null;
    readonly decree: string;
    /** Admin; null = by command. */
    readonly by?: string | null;
  },
): Promise<{ readonly id: string }> {
  const read = readHolding(deps, { ...typed, person: "" });
  const person = await personByEmail(deps.db, email);
  const holding = { ...read.holding, person };
  const id = deps.newId();
  const { agency, jabatan, capacity, since, until } = holding;
  await writeHolding(deps, { ...read, holding }, null, [
    deps.db.orm
      .insert(positionHolders)
      .values({ id, ...holding, decree: read.decree, createdAt: deps.now().toISOString() }),
    logged(deps, {
      by,
      act: "position_assigned",
      person,
      detail: { id, agency, jabatan, capacity, since, until: until ?? "", decree: read.decree },
    }),
  ]);
  return { id };
}
