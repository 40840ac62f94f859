import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import { AppError } from "#domain/errors.ts";
import type { AppEnv, RouteDeps } from "./app-env.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what another site makes a browser send. Browsers name where a POST comes from
 * (Sec-Fetch-Site, Origin); programs that send neither carry no cookie they did not choose to send.
 */
export function sameOrigin({ origin }: Pick<RouteDeps, "origin">) {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (!SAFE.has(c.req.method)) {
      const site = c.req.header("sec-fetch-site");
      const from = c.req.header("origin");
      const foreignSite = site !== undefined && site !== "same-origin" && site !== "none";
      if (foreignSite || (from !== undefined && from !== origin)) {
        throw new AppError("AUTH_CROSS_SITE", "sent from another site");
      }
    }
    await next();
  });
}

/** Request id, client address, and one line in the log for each request: never a query string. */
export function observed(deps: Pick<RouteDeps, "newId" | "log" | "trustProxy">) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const started = performance.now();
    c.set("requestId", deps.newId());
    c.set("actor", null);
    c.set("errorCode", null);
    c.set("address", addressOf(c.env, c.req.header("x-forwarded-for"), deps.trustProxy));
    c.header("x-request-id", c.get("requestId"));
    await next();
    deps.log("request", {
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      ms: Math.round(performance.now() - started),
      actor: c.get("actor"),
      requestId: c.get("requestId"),
      code: c.get("errorCode"),
    });
  });
}

/** The socket's address; behind a trusted proxy the last one it appended. */
export function addressOf(
  env: unknown,
  forwarded: string | undefined,
  trustProxy: boolean,
): string {
  const last = trustProxy ? forwarded?.split(",").at(-1)?.trim() : undefined;
  if (last) return last;
  const { incoming } = (env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return incoming?.socket?.remoteAddress ?? "unknown";
}
