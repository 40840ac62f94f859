import { asc, eq } from "drizzle-orm";
import { requestEvents, sopVersions } from "#db/schema/requests.ts";
import { calendarKnownAt } from "#domain/calendar/history.ts";
import type { ZoneId } from "#domain/calendar/local-time.ts";
import { AppError } from "#domain/errors.ts";
import { SopSchema } from "#domain/sop/schema.ts";
import { openChain, type SealedEvent } from "#domain/trust/event-chain.ts";
import { calendarsOf } from "../clocks/calendars.ts";
import type { Deps } from "../deps.ts";
import { type Projection, project, type RunningSop } from "./project.ts";

type LoadDeps = Pick<Deps, "db" | "catalog" | "sopCache" | "calendars">;

export interface LoadedRequest extends Projection {
  readonly running: RunningSop;
  readonly events: readonly SealedEvent[];
}

/** A request from its events, every link checked. NOT_FOUND where the stream is empty. */
export async function loadRequest(deps: LoadDeps, id: string): Promise<LoadedRequest> {
  const rows = await deps.db.orm
    .select({ bytes: requestEvents.bytes, hash: requestEvents.hash })
    .from(requestEvents)
    .where(eq(requestEvents.stream, id))
    .orderBy(asc(requestEvents.version));
  if (rows.length === 0) throw new AppError("NOT_FOUND", "no such request");
  const events = await openChain(id, rows);
  const first = events[0]?.stored.event;
  if (first?.type !== "submitted") throw new AppError("INTERNAL", `${id} has no submission`);
  const running = await sopOfDigest(deps, first.sop.digest);
  return { ...project(running, events), running, events };
}

/** The stored SOP version; a newer one in content/ never reaches a running request. */
export async function sopOfDigest(deps: LoadDeps, digest: string): Promise<RunningSop> {
  const cached = deps.sopCache.get(digest);
  if (cached) return cached;
  const [row] = await deps.db.orm
    .select({ json: sopVersions.json })
    .from(sopVersions)
    .where(eq(sopVersions.digest, digest));
  if (!row) throw new AppError("INTERNAL", `SOP version ${digest} is not stored`);
  const sop = SopSchema.parse(JSON.parse(row.json));
  const running = runningSop(deps, { sop, digest, bytes: row.json });
  deps.sopCache.set(digest, running);
  return running;
}

/** An SOP version with the calendars of its agency. */
export function runningSop(
  deps: Pick<Deps, "catalog" | "calendars">,
  version: Pick<RunningSop, "sop" | "digest" | "bytes">,
): RunningSop {
  const calendars = calendarsOf(deps, version.sop.instansi);
  return { ...version, calendars, calendar: calendarKnownAt(calendars, null) };
}

/** The agency's zone, in which its times are told. */
export function zoneOf({ catalog }: Pick<Deps, "catalog">, agency: string): ZoneId {
  const zone = catalog.agencies.get(agency)?.zona;
  if (!zone) throw new AppError("CONTENT_INVALID", `no agency ${agency} in content`);
  return zone;
}
