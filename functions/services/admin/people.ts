import { eq, sql } from "drizzle-orm";
import { passkey, user } from "#db/schema/auth.ts";
import { admins, inactivePeople, positionHolders } from "#db/schema/people.ts";
import { positionTitle } from "#domain/authority/position-title.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";
import { readSigner } from "../signing/set-signer.ts";
import { holdingViews } from "./holdings.ts";
import { logLines } from "./log-lines.ts";
import type { HoldingView, PersonPage, PersonView } from "./views.ts";

/** Accounts by name; `query` is looked for in names, addresses and titles. */
export async function listPeople(
  deps: Pick<Deps, "db" | "catalog" | "now">,
  query: string,
): Promise<PersonView[]> {
  const [rows, holdings] = await Promise.all([accountRows(deps), holdingViews(deps)]);
  const wanted = query.trim().toLocaleLowerCase("id");
  return rows
    .map((row) => personView(row, holdings))
    .filter(
      ({ name, email, positions }) =>
        wanted === "" ||
        [name, email, ...positions].some((text) => text.toLocaleLowerCase("id").includes(wanted)),
    )
    .sort((a, b) => a.name.localeCompare(b.name, "id"));
}

export async function personPage(
  deps: Pick<Deps, "db" | "catalog" | "now">,
  viewer: Viewer,
  id: string,
): Promise<PersonPage> {
  const [row] = await accountRows(deps, id);
  if (!row) throw new AppError("NOT_FOUND", "no such person");
  const [holdings, log, signer] = await Promise.all([
    holdingViews(deps, eq(positionHolders.person, id)),
    logLines(deps, { limit: 50, person: id }),
    readSigner(deps, id),
  ]);
  return {
    ...personView(row, holdings),
    holdings,
    log,
    signer: { nip: signer.nip || null, rank: signer.rank || null, nik: signer.hasNik },
    self: viewer.person === id,
  };
}

type AccountRow = Awaited<ReturnType<typeof accountRows>>[number];

function accountRows({ db }: Pick<Deps, "db">, id?: string) {
  return db.orm
    .select({
      id: user.id,
      name: user.name,
      email: user.email,
      totp: user.twoFactorEnabled,
      passkeys: sql<number>`(SELECT count(*) FROM ${passkey} WHERE ${passkey.userId} = ${user.id})`,
      admin: admins.person,
      closed: inactivePeople.person,
    })
    .from(user)
    .leftJoin(admins, eq(admins.person, user.id))
    .leftJoin(inactivePeople, eq(inactivePeople.person, user.id))
    .where(id === undefined ? undefined : eq(user.id, id));
}

function personView(row: AccountRow, holdings: readonly HoldingView[]): PersonView {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    admin: row.admin !== null,
    inactive: row.closed !== null,
    secondFactor: row.totp || row.passkeys > 0,
    positions: holdings
      .filter(({ person, state }) => person === row.id && state === "in_force")
      .map(({ capacity, title, agencyName }) => `${positionTitle(capacity, title)}, ${agencyName}`),
  };
}
