import { createHmac, timingSafeEqual } from "node:crypto";
import { and, asc, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { calendarFeeds } from "#db/schema/notices.ts";
import { admins } from "#db/schema/people.ts";
import { requests } from "#db/schema/requests.ts";
import { positionsOn } from "#domain/authority/positions-on.ts";
import { AppError } from "#domain/errors.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { Ctx, Deps } from "../deps.ts";
import { isInactive } from "../people/is-inactive.ts";
import { authorityOfPerson, todayOf } from "../people/read-authority.ts";
import { openRequest } from "../requests/access.ts";
import { sopOfDigest } from "../requests/load.ts";
import { showReference } from "../requests/reference.ts";
import type { Viewer } from "../services.ts";
import { dueCalendar, type OpenDue } from "./due-calendar.ts";

const EVENTS_MAX = 1_000;

/** The secret address of a person's calendar: made from the person, stored nowhere. */
export async function feedPath(deps: Deps, { person }: Viewer): Promise<string> {
  return `/api/calendar/${tokenOf(deps, person, await renewalsOf(deps, person))}.ics`;
}

/** Makes the address anew; the one before answers nobody any more. */
export async function renewFeed(deps: Deps, { person }: Viewer): Promise<void> {
  await deps.db.orm
    .insert(calendarFeeds)
    .values({ person, renewals: 1 })
    .onConflictDoUpdate({
      target: calendarFeeds.person,
      set: { renewals: sql`${calendarFeeds.renewals} + 1` },
    });
}

/** What waits for the person whose address it is, by the positions they hold today. NOT_FOUND for any other. */
export async function readFeed(deps: Deps, token: string): Promise<string> {
  const person = token.slice(0, Math.max(0, token.lastIndexOf(".")));
  const given = Buffer.from(token);
  const right = Buffer.from(tokenOf(deps, person, await renewalsOf(deps, person)));
  const fits = given.length === right.length && timingSafeEqual(given, right);
  if (!fits || (await isInactive(deps, person))) {
    throw new AppError("NOT_FOUND", "no such calendar");
  }
  return dueCalendar(deps.origin, await duesOf(deps, person));
}

/** The due time of one request, for whoever may see it. */
export async function dueOfRequest(deps: Deps, ctx: Ctx, ref: string): Promise<string> {
  const { running, row, requester } = await openRequest(deps, ctx, ref);
  const shown = showReference(row.id);
  const url = requester
    ? `${deps.origin}/lacak/?${new URLSearchParams({ nomor: shown, kode: ctx.code ?? "" })}`
    : `${deps.origin}/ruang-kerja/permohonan/${shown}/`;
  return dueCalendar(deps.origin, [{ running, row, url }]);
}

async function duesOf(deps: Deps, person: string): Promise<OpenDue[]> {
  const [admin] = await deps.db.orm.select().from(admins).where(eq(admins.person, person));
  if (admin) return [];
  const authority = await authorityOfPerson(deps, person);
  const held = [...deps.catalog.agencies.keys()].flatMap((id) =>
    positionsOn(todayOf(deps, id), person, authority).filter(({ agency }) => agency === id),
  );
  if (held.length === 0) return [];
  const rows = await deps.db.orm
    .select()
    .from(requests)
    .where(
      and(
        sql`${requests.status} = 'active'`,
        inArray(requests.agency, [...new Set(held.map(({ agency }) => agency))]),
        isNotNull(requests.dueAt),
      ),
    )
    .orderBy(asc(requests.dueAt));
  const dues: OpenDue[] = [];
  for (const row of rows) {
    const running = await sopOfDigest(deps, row.sopDigest);
    if (row.act === null || dues.length === EVENTS_MAX) continue;
    const { jabatan } = roleOf(running.sop, positionOf(running.sop, row.act).act.oleh);
    const mine = held.some((one) => one.agency === row.agency && jabatan.includes(one.jabatan));
    const url = `${deps.origin}/ruang-kerja/permohonan/${showReference(row.id)}/`;
    if (mine) dues.push({ running, row, url });
  }
  return dues;
}

async function renewalsOf({ db }: Pick<Deps, "db">, person: string): Promise<number> {
  const [row] = await db.orm.select().from(calendarFeeds).where(eq(calendarFeeds.person, person));
  return row?.renewals ?? 0;
}

function tokenOf({ secret }: Pick<Deps, "secret">, person: string, renewals: number): string {
  const mac = createHmac("sha256", secret).update(`calendar\n${person}\n${renewals}`);
  return `${person}.${mac.digest("base64url")}`;
}
