import type { Context } from "hono";
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

/** The signed-in person, if any, noted for the log. */
export async function viewerIn(c: AppContext, services: Services): Promise<Viewer | null> {
  const viewer = await services.people.viewerOf(c.req.raw.headers);
  if (viewer) c.set("actor", viewer.person);
  return viewer;
}

export async function ctxOf(
  c: AppContext,
  services: Services,
  code: string | null | undefined,
): Promise<Ctx> {
  const trimmed = code?.trim() ?? "";
  return {
    viewer: await viewerIn(c, services),
    code: trimmed === "" ? null : trimmed,
    requestId: c.get("requestId"),
  };
}
