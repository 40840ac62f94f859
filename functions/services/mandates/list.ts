import { desc, eq, inArray, or } from "drizzle-orm";
import { user } from "#db/schema/auth.ts";
import { admins, mandates } from "#db/schema/people.ts";
import { holdsOn, mandateHoldsOn } from "#domain/authority/positions-on.ts";
import type { Deps } from "../deps.ts";
import { asMandate, authorityOfAgency, todayOf } from "../people/read-authority.ts";
import type { Viewer } from "../services.ts";
import type { MandatePage, MandateView } from "./views.ts";

/** What the viewer gave and received, newest first, and what they may give to whom. */
export async function mandatesOf(deps: Deps, viewer: Viewer): Promise<MandatePage> {
  const { orm } = deps.db;
  const own = viewer.positions.filter(({ capacity }) => capacity !== "mandat");
  const rows = await orm
    .select()
    .from(mandates)
    .where(or(eq(mandates.giver, viewer.person), eq(mandates.receiver, viewer.person)))
    .orderBy(desc(mandates.createdAt), desc(mandates.id));
  const agencies = [...new Set([...own, ...rows].map(({ agency }) => agency))].filter((id) =>
    deps.catalog.agencies.has(id),
  );
  const authorities = new Map(
    await Promise.all(agencies.map(async (id) => [id, await authorityOfAgency(deps, id)] as const)),
  );
  const officials = [...authorities].flatMap(([agency, { holdings }]) => {
    const today = todayOf(deps, agency);
    return holdings.filter((one) => one.person !== viewer.person && holdsOn(today, one));
  });
  const people = [
    ...officials.map(({ person }) => person),
    ...rows.flatMap(({ giver, receiver }) => [giver, receiver]),
  ];
  const named = await orm
    .select({ id: user.id, name: user.name })
    .from(user)
    .where(inArray(user.id, people));
  const nameOf = (id: string) => named.find((one) => one.id === id)?.name ?? "–";
  const adminIds = new Set((await orm.select().from(admins)).map(({ person }) => person));
  const titleOf = (agency: string, jabatan: string) =>
    deps.catalog.agencies.get(agency)?.jabatan.find((post) => post.id === jabatan)?.judul ??
    jabatan;
  const view = (row: (typeof rows)[number]): MandateView => ({
    id: row.id,
    agency: row.agency,
    title: titleOf(row.agency, row.jabatan),
    giver: nameOf(row.giver),
    receiver: nameOf(row.receiver),
    since: row.since,
    until: row.until,
    basis: row.basis,
    endedAt: row.endedAt,
    state: stateOf(row),
  });
  const stateOf = (row: (typeof rows)[number]): MandateView["state"] => {
    if (row.endedAt !== null) return "taken_back";
    const today = todayOf(deps, row.agency);
    if (row.until < today) return "over";
    if (row.since > today) return "coming";
    const holdings = authorities.get(row.agency)?.holdings ?? [];
    return mandateHoldsOn(today, asMandate(row), holdings) ? "in_force" : "over";
  };
  const known = rows.filter(({ agency }) => deps.catalog.agencies.has(agency));
  return {
    given: known.filter(({ giver }) => giver === viewer.person).map(view),
    received: known.filter(({ receiver }) => receiver === viewer.person).map(view),
    lendable: own.map(({ agency, jabatan, title }) => ({ agency, jabatan, title })),
    receivers: [...new Set(officials.map(({ person }) => person))]
      .filter((person) => !adminIds.has(person))
      .map((person) => ({
        person,
        name: nameOf(person),
        titles: officials
          .filter((one) => one.person === person)
          .map(({ agency, jabatan }) => titleOf(agency, jabatan)),
      }))
      .sort((a, b) => a.name.localeCompare(b.name, "id")),
    today: agencies[0] === undefined ? null : todayOf(deps, agencies[0]),
  };
}
