import { daysAfter, holdsOn } from "#domain/authority/positions-on.ts";
import { positions, roleOf } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import type { Deps } from "../deps.ts";
import { authorityOfAgency, todayOf } from "../people/read-authority.ts";
import { agentViews } from "./agents.ts";
import { holdingViews } from "./holdings.ts";
import { logLines } from "./log-lines.ts";
import { listPeople } from "./people.ts";
import type { AdminOverview } from "./views.ts";

const ENDING_DAYS = 30;

/** Counts, what needs care, and what admins did last. */
export async function adminOverview(deps: Deps): Promise<AdminOverview> {
  const [people, agents, holdings, log] = await Promise.all([
    listPeople(deps, ""),
    agentViews(deps),
    holdingViews(deps),
    logLines(deps, { limit: 20 }),
  ]);
  const open = people.filter(({ inactive }) => !inactive);
  const staffing = await Promise.all(
    [...deps.catalog.agencies.keys()].map((agency) => staffingOf(deps, agency)),
  );
  const nameOf = (id: string) => people.find((person) => person.id === id)?.name ?? "–";
  return {
    counts: {
      people: open.length,
      inactive: people.length - open.length,
      admins: open.filter(({ admin }) => admin).length,
      agents: agents.filter(({ status }) => status === "approved").length,
      pendingAgents: agents.filter(({ status }) => status === "pending").length,
    },
    ending: holdings.filter(
      ({ state, until, agency }) =>
        state === "in_force" &&
        until !== null &&
        until <= daysAfter(todayOf(deps, agency), ENDING_DAYS),
    ),
    vacant: staffing.flatMap(({ vacant }) => vacant),
    unseparated: staffing
      .flatMap(({ unseparated }) => unseparated)
      .map((one) => ({ ...one, person: nameOf(one.person) })),
    withoutSecondFactor: open
      .filter((person) => !person.secondFactor && (person.admin || person.positions.length > 0))
      .map(({ id, name }) => ({ id, name })),
    silentAgents: agents.filter(({ silent }) => silent),
    pendingAgents: agents.filter(({ status }) => status === "pending"),
    heldAgents: agents.filter(({ status }) => status === "held"),
    log,
  };
}

/** Where an SOP's roles have nobody today, or too few for what it wants of two persons. */
async function staffingOf(deps: Deps, agencyId: string) {
  const agency = deps.catalog.agencies.get(agencyId);
  const today = todayOf(deps, agencyId);
  const { holdings } = await authorityOfAgency(deps, agencyId);
  const holders = (sop: Sop, role: string): Set<string> =>
    new Set(
      holdings
        .filter((one) => holdsOn(today, one) && roleOf(sop, role).jabatan.includes(one.jabatan))
        .map(({ person }) => person),
    );
  const titleOf = (id: string) => agency?.jabatan.find((post) => post.id === id)?.judul ?? id;
  const sops = [...deps.catalog.sops.values()]
    .map(({ sop }) => sop)
    .filter(({ instansi }) => instansi === agencyId);
  const vacant = sops.flatMap((sop) =>
    sop.pelaksana
      .flatMap(({ peran }) => peran)
      .filter((role) => !role.pemohon && holders(sop, role.id).size === 0)
      .map((role) => ({
        agency: agencyId,
        sop: sop.judul,
        role: role.judul,
        titles: role.jabatan.map(titleOf),
      })),
  );
  const unseparated = sops.flatMap((sop) => {
    const acts = positions(sop).map(({ act }) => act);
    return acts.flatMap((act) =>
      act.bedaOrangDari.flatMap((id) => {
        const other = acts.find((one) => one.id === id);
        const roles = other ? [act.oleh, other.oleh] : [];
        const either = new Set(roles.flatMap((role) => [...holders(sop, role)]));
        const [person] = either;
        return other && person !== undefined && either.size === 1
          ? [{ agency: agencyId, sop: sop.judul, act: act.judul, other: other.judul, person }]
          : [];
      }),
    );
  });
  return { vacant, unseparated };
}
