import { eq } from "drizzle-orm";
import { user } from "#db/schema/auth.ts";
import { mandates, positionHolders } from "#db/schema/people.ts";
import { gapsOf } from "#domain/authority/gaps.ts";
import { mandateHoldsOn } from "#domain/authority/positions-on.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { asMandate, todayOf } from "../people/read-authority.ts";
import { holdingViews } from "./holdings.ts";
import { listPeople } from "./people.ts";
import type { PostsPage, PostView } from "./views.ts";

/** Every position of an agency with its holders in time; the first agency where none is named. */
export async function postsPage(
  deps: Pick<Deps, "db" | "catalog" | "now">,
  id: string | null,
): Promise<PostsPage> {
  const agencies = [...deps.catalog.agencies.values()];
  const agency = id === null ? agencies[0] : deps.catalog.agencies.get(id);
  if (!agency) throw new AppError("NOT_FOUND", "no such agency");
  const today = todayOf(deps, agency.id);
  const [holdings, lent, people] = await Promise.all([
    holdingViews(deps, eq(positionHolders.agency, agency.id)),
    deps.db.orm.select().from(mandates).where(eq(mandates.agency, agency.id)),
    listPeople(deps, ""),
  ]);
  const names = new Map(
    (await deps.db.orm.select({ id: user.id, name: user.name }).from(user)).map(
      (one) => [one.id, one.name] as const,
    ),
  );
  const sops = [...deps.catalog.sops.values()].filter(({ sop }) => sop.instansi === agency.id);
  const posts = agency.jabatan.map((post): PostView => {
    const own = holdings.filter(({ jabatan }) => jabatan === post.id);
    return {
      id: post.id,
      title: post.judul,
      tunggal: post.tunggal === true,
      holdings: own,
      gaps: gapsOf(own).filter(({ until }) => until === null || until >= today),
      lent: lent
        .filter((one) => one.jabatan === post.id)
        .filter((one) => mandateHoldsOn(today, asMandate(one), holdings))
        .map(({ giver, receiver, since, until }) => ({
          giver: names.get(giver) ?? "–",
          receiver: names.get(receiver) ?? "–",
          since,
          until,
        })),
      sops: sops
        .filter(({ sop }) =>
          sop.pelaksana.some(({ peran }) => peran.some((role) => role.jabatan.includes(post.id))),
        )
        .map(({ sop }) => ({ slug: sop.slug, title: sop.judul })),
    };
  });
  return {
    agency: { id: agency.id, name: agency.nama },
    agencies: agencies.map(({ id: key, singkatan }) => ({ id: key, name: singkatan })),
    posts,
    people: people
      .filter(({ admin, inactive }) => !admin && !inactive)
      .map(({ id: person, name, email }) => ({ id: person, name, email })),
    today,
  };
}
