import type { Agency } from "#catalog/agency-schema.ts";
import { AppError } from "#domain/errors.ts";
import type { Officer } from "#domain/ppid/types.ts";
import type { Ctx, Deps } from "../deps.ts";
import { lookUp } from "../requests/access.ts";
import { officerOf } from "./agencies.ts";
import { type LoadedPpid, loadPpid } from "./store.ts";

export interface OpenedPpid extends LoadedPpid {
  readonly agency: Agency;
  /** The one who looks has the tracking code. */
  readonly requester: boolean;
  /** The one who looks is the agency's PPID, its superior, or neither. */
  readonly officer: Officer | null;
  readonly superior: Officer | null;
}

/**
 * A request for information for one who may see it: its requester by the code, the agency's PPID and
 * the PPID's superior. To all others it looks as if it were not there.
 */
export async function openPpid(deps: Deps, ctx: Ctx, typed: string): Promise<OpenedPpid> {
  const { loaded, requester, hidden } = await lookUp(deps, ctx, typed, (id) => loadPpid(deps, id));
  const agency = deps.catalog.agencies.get(loaded.row.agency);
  if (!agency) throw new AppError("CONTENT_INVALID", `no agency ${loaded.row.agency} in content`);
  const officer = ctx.viewer && officerOf(ctx.viewer, agency, "pejabat");
  const superior = ctx.viewer && officerOf(ctx.viewer, agency, "atasan");
  if (!requester && !officer && !superior) throw hidden;
  return { ...loaded, agency, requester, officer, superior };
}
