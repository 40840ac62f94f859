import { Hono } from "hono";
import type { FormValues } from "#domain/workflow/form.ts";
import { adminPeopleRoutes } from "./admin-people.ts";
import { type AppEnv, type RouteDeps, viewerIn } from "./app-env.ts";
import { many, one } from "./read-body.ts";
import { staffForm } from "./staff-form.ts";

const POSTS = "/ruang-kerja/admin/jabatan/";
const AGENTS = "/ruang-kerja/admin/agen/";

const holdingOf = (values: FormValues) => ({
  capacity: one(values, "kapasitas"),
  since: one(values, "sejak"),
  until: one(values, "sampai") || null,
  decree: one(values, "dasar"),
});
const postsOf = (agency: string): string => `${POSTS}?instansi=${encodeURIComponent(agency)}`;

/** /api/admin: people, positions and agents. Nothing of a request is reached from here. */
export function adminRoutes(deps: RouteDeps) {
  const { admin } = deps.services;
  return new Hono<AppEnv>()
    .get("/overview", async (c) => {
      c.header("cache-control", "private, no-store");
      return c.json({ data: await admin.overview(await viewerIn(c, deps.services)) });
    })
    .route("/people", adminPeopleRoutes(deps))
    .post("/positions", (c) => {
      const page = (values: FormValues) =>
        `${POSTS}tetapkan/?instansi=${encodeURIComponent(one(values, "instansi"))}&jabatan=${encodeURIComponent(one(values, "jabatan"))}`;
      return staffForm(c, deps, page, async (viewer, values) => {
        const agency = one(values, "instansi");
        const data = await admin.assign(viewer, {
          person: one(values, "orang"),
          agency,
          jabatan: one(values, "jabatan"),
          ...holdingOf(values),
        });
        return { to: postsOf(agency), data, news: "ditetapkan" };
      });
    })
    .post("/positions/:id/end", (c) => {
      const id = c.req.param("id");
      return staffForm(c, deps, `${POSTS}${encodeURIComponent(id)}/`, async (viewer, values) => {
        const { agency } = await admin.end(viewer, { id, lastDay: one(values, "sampai") });
        return { to: postsOf(agency), data: { id }, news: "diakhiri" };
      });
    })
    .post("/positions/:id/correct", (c) => {
      const id = c.req.param("id");
      return staffForm(c, deps, `${POSTS}${encodeURIComponent(id)}/`, async (viewer, values) => {
        const reason = one(values, "alasan");
        const { agency } = await admin.correct(viewer, { id, ...holdingOf(values), reason });
        return { to: postsOf(agency), data: { id }, news: "dibetulkan" };
      });
    })
    .post("/agents/codes", (c) =>
      staffForm(c, deps, AGENTS, async (viewer, values) => {
        const made = await admin.makeCode(viewer, many(values, "instansi"));
        const { code, expiresAt, agencies } = made;
        const shown = { code, until: expiresAt, agencies: agencies.join(", ") };
        return { to: AGENTS, data: {}, news: "kode", shown };
      }),
    )
    .post("/agents/:id/approve", (c) =>
      staffForm(c, deps, AGENTS, async (viewer, values) => {
        const agent = c.req.param("id");
        const data = await admin.approveAgent(viewer, { agent, fingerprint: one(values, "sidik") });
        return { to: AGENTS, data, news: "agen-disetujui" };
      }),
    )
    .post("/agents/:id/release", (c) =>
      staffForm(c, deps, AGENTS, async (viewer) => {
        const data = await admin.releaseAgent(viewer, c.req.param("id"));
        return { to: AGENTS, data, news: "agen-dilepaskan" };
      }),
    )
    .post("/agents/:id/revoke", (c) => {
      const agent = c.req.param("id");
      const page = `${AGENTS}${encodeURIComponent(agent)}/cabut/`;
      return staffForm(c, deps, page, async (viewer) => {
        const data = await admin.revokeAgent(viewer, agent);
        return { to: AGENTS, data, news: "agen-dicabut" };
      });
    });
}
