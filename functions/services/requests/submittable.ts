import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { runningSop } from "./load.ts";
import type { RunningSop } from "./project.ts";

/** The SOP version under which a request may be made now. SOP_UNKNOWN, SOP_WITHDRAWN. */
export function submittable(deps: Pick<Deps, "catalog" | "calendars">, slug: string): RunningSop {
  const entry = deps.catalog.sops.get(slug);
  if (!entry || entry.life.status === "draf") {
    throw new AppError("SOP_UNKNOWN", "no such SOP in force");
  }
  if (entry.life.status !== "berlaku") throw new AppError("SOP_WITHDRAWN", entry.life.status);
  const { sop, digest, bytes } = entry;
  return runningSop(deps, { sop, digest, bytes });
}
