/** Statements that put one notice into the outbox for each of those whom it concerns. */
import type { Statement } from "#db/client.ts";
import { instantText } from "#domain/indonesian.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { Deps } from "../deps.ts";
import { zoneOf } from "../requests/load.ts";
import type { RequestRow, RunningSop } from "../requests/project.ts";
import { showReference } from "../requests/reference.ts";
import { trackingCode } from "../requests/tracking.ts";
import { dayHour, officeHour } from "./hours.ts";
import { noticeStatement, requesterStatement } from "./outbox.ts";
import { holdersOf } from "./recipients.ts";
import {
  type ActFacts,
  type OfficialNotice,
  officialText,
  type RequesterNotice,
  requesterText,
} from "./texts.ts";

export type TellDeps = Pick<Deps, "db" | "catalog" | "newId" | "secret" | "origin" | "mail">;

/** A request as it is told of. */
export interface Told {
  readonly running: RunningSop;
  readonly row: RequestRow;
  readonly at: Date;
  /** Names the occasion, so that it is told once. */
  readonly occasion: string;
}

/** To the holders of a role; where it is the pemohon's, to the pemohon. None without a mail server. */
export async function tellRole(
  deps: TellDeps,
  told: Told,
  role: string,
  kind: OfficialNotice & RequesterNotice,
): Promise<Statement[]> {
  const { pemohon } = roleOf(told.running.sop, role);
  return pemohon ? tellRequester(deps, told, kind) : tellOfficials(deps, told, [role], kind);
}

/** To all holders of the roles; each person once, whatever they hold. */
export async function tellOfficials(
  deps: TellDeps,
  told: Told,
  roles: readonly string[],
  kind: OfficialNotice,
): Promise<Statement[]> {
  const { running, row, at, occasion } = told;
  const act = actFacts(deps, told);
  if (!deps.mail || !act) return [];
  const jabatan = roles.flatMap((role) => roleOf(running.sop, role).jabatan);
  const holders = await holdersOf(deps, { agency: row.agency, jabatan, at });
  return holders.map(({ person, email }) =>
    noticeStatement(deps, "mail", email, {
      ...officialText(kind, act),
      request: row.id,
      dedupe: `${row.id}:${occasion}:${kind}:${person}`,
      at,
      notBefore: officeHour(running.calendar, at),
    }),
  );
}

export function tellRequester(deps: TellDeps, told: Told, kind: RequesterNotice): Statement[] {
  if (!deps.mail) return [];
  const { running, row, at, occasion } = told;
  const facts = { ...textFacts(deps, told), code: trackingCode(deps, row.id) };
  return [
    requesterStatement(deps, {
      ...requesterText(kind, facts, actFacts(deps, told)),
      request: row.id,
      dedupe: `${row.id}:${occasion}:${kind}:pemohon`,
      at,
      notBefore: dayHour(running.calendar, at),
    }),
  ];
}

export function textFacts(deps: TellDeps, { running, row }: Told) {
  return {
    ref: showReference(row.id),
    sopTitle: running.sop.judul,
    agencyName: deps.catalog.agencies.get(row.agency)?.nama ?? row.agency,
    origin: deps.origin,
  };
}

function actFacts(deps: TellDeps, told: Told): ActFacts | null {
  const { running, row } = told;
  if (row.act === null) return null;
  const { step, act } = positionOf(running.sop, row.act);
  return {
    ...textFacts(deps, told),
    stepNo: step.no,
    actTitle: act.judul,
    due: row.dueAt && instantText(row.dueAt, zoneOf(deps, row.agency)),
  };
}
