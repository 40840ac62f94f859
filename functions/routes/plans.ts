import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import type { Viewer } from "../services/services.ts";
import { type AppContext, type AppEnv, type RouteDeps, viewerIn } from "./app-env.ts";

/** Planned work as data and as a calendar, for the signed in. */
export function planRoutes({ services }: RouteDeps) {
  const reading = async (c: AppContext): Promise<Viewer> => {
    c.header("cache-control", "private, no-store");
    const viewer = await viewerIn(c, services);
    if (!viewer) throw new AppError("AUTH_REQUIRED", "plans");
    return viewer;
  };
  return new Hono<AppEnv>()
    .get("/plans", async (c) => {
      const viewer = await reading(c);
      const wish = { span: c.req.query("tampilan") ?? null, from: c.req.query("tanggal") ?? null };
      return c.json({ data: await services.planning.board(viewer, wish) });
    })
    .get("/plans.ics", async (c) => {
      const viewer = await reading(c);
      return c.body(await services.planning.calendar(viewer), 200, {
        "content-type": "text/calendar; charset=utf-8",
      });
    });
}
