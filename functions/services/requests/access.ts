import { AppError } from "#domain/errors.ts";
import { roleOf } from "#domain/sop/navigate.ts";
import type { Sop, SopAct } from "#domain/sop/schema.ts";
import type { Actor } from "#domain/workflow/types.ts";
import type { Ctx, Deps } from "../deps.ts";
import { type LoadedRequest, loadRequest } from "./load.ts";
import { readReference } from "./reference.ts";
import { tracks } from "./tracking.ts";

export interface OpenedRequest extends LoadedRequest {
  /** The one who looks holds a position in the request's agency. */
  readonly official: boolean;
  /** The one who looks has the tracking code. */
  readonly requester: boolean;
}

/**
 * What a typed number names, for one who may perhaps see it. What they may not know looks as if it
 * were not there: NOT_FOUND for the signed in, AUTH_TRACKING with a code, AUTH_REQUIRED with neither;
 * the caller throws `hidden` where it finds out only afterwards.
 */
export async function lookUp<T>(
  deps: Pick<Deps, "secret">,
  ctx: Ctx,
  typed: string,
  load: (id: string) => Promise<T>,
): Promise<{ readonly loaded: T; readonly requester: boolean; readonly hidden: AppError }> {
  if (!ctx.viewer && ctx.code === null) {
    throw new AppError("AUTH_REQUIRED", "neither session nor code");
  }
  const hidden = new AppError(ctx.viewer ? "NOT_FOUND" : "AUTH_TRACKING", "not there for them");
  const id = readReference(typed);
  if (id === null) throw hidden;
  const requester = ctx.code !== null && tracks(deps, id, ctx.code);
  if (!ctx.viewer && !requester) throw hidden;
  const loaded = await load(id).catch((error: unknown) => {
    throw error instanceof AppError && error.code === "NOT_FOUND" ? hidden : error;
  });
  return { loaded, requester, hidden };
}

/** A request for one who may see it whole. */
export async function openRequest(deps: Deps, ctx: Ctx, typed: string): Promise<OpenedRequest> {
  const { loaded, requester, hidden } = await lookUp(deps, ctx, typed, (id) =>
    loadRequest(deps, id),
  );
  const official =
    ctx.viewer?.positions.some(({ agency }) => agency === loaded.row.agency) ?? false;
  if (!official && !requester) throw hidden;
  return { ...loaded, official, requester };
}

/** The person as whom a request's pemohon acts: there is no account. */
export function requesterOf(request: string): Actor {
  return { person: `pemohon:${request}`, jabatan: "pemohon", capacity: "pemohon" };
}

/**
 * As whom the one who looks would take this act; null where they have no part in it at all. A
 * holder of several positions acts by the one that fits.
 */
export function actorFor(ctx: Ctx, opened: OpenedRequest, sop: Sop, act: SopAct): Actor | null {
  const role = roleOf(sop, act.oleh);
  if (role.pemohon && opened.requester) return requesterOf(opened.row.id);
  if (!opened.official) return opened.requester ? requesterOf(opened.row.id) : null;
  return officialFor(ctx, opened, (jabatan) => role.jabatan.includes(jabatan));
}

/** The same for what no act asks for; null for all but officials of the agency. */
export function officialFor(
  { viewer }: Ctx,
  { official, row }: OpenedRequest,
  fits: (jabatan: string) => boolean,
): Actor | null {
  if (!official || !viewer) return null;
  const held = viewer.positions.filter(({ agency }) => agency === row.agency);
  const position = held.find(({ jabatan }) => fits(jabatan)) ?? held[0];
  return position
    ? { person: viewer.person, jabatan: position.jabatan, capacity: position.capacity }
    : null;
}
