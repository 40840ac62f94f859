import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import { type AppContext, type AppEnv, ctxOf, type RouteDeps, viewerIn } from "./app-env.ts";

const GUESSES = ["AUTH_TRACKING", "NOT_FOUND"];

/** Due times for people's own calendars. A calendar program has no session: its address is the key. */
export function calendarRoutes({ services, limits }: RouteDeps) {
  const looking = (c: AppContext, look: () => Promise<string>): Promise<string> =>
    limits.guess("track", c.get("address"), GUESSES, look);
  const answer = (c: AppContext, calendar: string): Response =>
    c.body(calendar, 200, {
      "content-type": "text/calendar; charset=utf-8",
      "cache-control": "private, no-store",
      // The address is a secret, so it is not told on.
      "referrer-policy": "no-referrer",
    });
  return new Hono<AppEnv>()
    .get("/calendar/:file{.+\\.ics}", async (c) => {
      const token = c.req.param("file").slice(0, -".ics".length);
      return answer(c, await looking(c, () => services.calendar.read(token)));
    })
    .post("/calendar/renew", async (c) => {
      const viewer = await viewerIn(c, services);
      if (!viewer) throw new AppError("AUTH_REQUIRED", "calendar");
      await services.calendar.renew(viewer);
      return c.redirect("/ruang-kerja/akun/#kalender", 303);
    })
    .get("/requests/:ref/tenggat.ics", async (c) => {
      const ctx = await ctxOf(c, services, c.req.query("kode"));
      const { ref } = c.req.param();
      return answer(c, await looking(c, () => services.calendar.ofRequest(ctx, ref)));
    });
}
