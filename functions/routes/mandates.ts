import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import { type AppEnv, type RouteDeps, viewerIn } from "./app-env.ts";
import { one } from "./read-body.ts";
import { staffForm } from "./staff-form.ts";

const PAGE = "/ruang-kerja/mandat/";

/** /api/mandates: what one gave and received, giving, taking back. */
export function mandateRoutes(deps: RouteDeps) {
  const { services } = deps;
  return new Hono<AppEnv>()
    .get("/", async (c) => {
      const viewer = await viewerIn(c, services);
      if (!viewer) throw new AppError("AUTH_REQUIRED", "mandates");
      c.header("cache-control", "private, no-store");
      return c.json({ data: await services.mandates.of(viewer) });
    })
    .post("/", (c) =>
      staffForm(c, deps, PAGE, async (viewer, values) => {
        const [agency = "", jabatan = ""] = one(values, "jabatan").split("/");
        const data = await services.mandates.give(viewer, {
          agency,
          jabatan,
          receiver: one(values, "penerima"),
          since: one(values, "sejak"),
          until: one(values, "sampai"),
          basis: one(values, "dasar"),
        });
        return { to: PAGE, data, news: "diberikan" };
      }),
    )
    .post("/:id/end", (c) =>
      staffForm(c, deps, PAGE, async (viewer) => {
        const data = await services.mandates.takeBack(viewer, c.req.param("id"));
        return { to: PAGE, data, news: "dicabut" };
      }),
    );
}
