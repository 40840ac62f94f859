import type { Context } from "hono";
import { AppError } from "#domain/errors.ts";
import type { Services } from "../services/create.ts";
import type { Ctx } from "../services/deps.ts";
import type { AttemptLimits } from "../services/limits.ts";
import type { Viewer } from "../services/services.ts";

export interface RouteDeps {
  readonly services: Services;
  readonly limits: AttemptLimits;
  /** Origin of the portal as people reach it. */
  readonly origin: string;
  readonly trustProxy: boolean;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: (event: string, detail: Readonly<Record<string, unknown>>) => void;
}

export interface AppEnv {
  readonly Variables: {
    requestId: string;
    /** Address of the client, for the limits. */
    address: string;
    /** Who acted, for the log. */
    actor: string | null;
    errorCode: string | null;
  };
}

export type AppContext = Context<AppEnv>;

/** The signed-in person, if any, noted for the log. AUTH_SECOND_FACTOR where only a password was shown. */
export async function viewerIn(c: AppContext, services: Services): Promise<Viewer | null> {
  const viewer = await services.people.viewerOf(c.req.raw.headers);
  if (viewer) c.set("actor", viewer.person);
  if (viewer && !viewer.secondFactor) throw new AppError("AUTH_SECOND_FACTOR", "viewer");
  return viewer;
}

export async function ctxOf(
  c: AppContext,
  services: Services,
  code: string | null | undefined,
): Promise<Ctx> {
  const trimmed = code?.trim() ?? "";
  // A tracking code opens its request to anybody, also to who is half signed in.
  const seen = trimmed === "" ? null : await services.people.viewerOf(c.req.raw.headers);
  return {
    viewer: seen?.secondFactor === false ? null : await viewerIn(c, services),
    code: trimmed === "" ? null : trimmed,
    requestId: c.get("requestId"),
  };
}
