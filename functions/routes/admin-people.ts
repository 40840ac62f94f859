import { Hono } from "hono";
import type { AppEnv, RouteDeps } from "./app-env.ts";
import { one } from "./read-body.ts";
import { type Done, staffForm } from "./staff-form.ts";

const LIST = "/ruang-kerja/admin/orang/";
const pageOf = (id: string): string => `${LIST}${encodeURIComponent(id)}/`;

/** Accounts, by the admin. */
export function adminPeopleRoutes(deps: RouteDeps) {
  const { admin } = deps.services;
  /** As it is handed to its owner. */
  const onPortal = ({ link, until }: { readonly link: string; readonly until: string }) => ({
    link: new URL(link, deps.origin).href,
    until,
  });
  return new Hono<AppEnv>()
    .post("/", (c) =>
      staffForm(c, deps, LIST, async (viewer, values): Promise<Done> => {
        const { person, ...recovery } = await admin.addPerson(viewer, {
          email: one(values, "surel"),
          name: one(values, "nama"),
        });
        const shown = onPortal(recovery);
        return { to: pageOf(person), data: { person }, news: "orang-ditambah", shown };
      }),
    )
    .post("/:id/:verb{deactivate|reactivate|grant|revoke}", (c) => {
      const { id, verb } = c.req.param();
      const page = verb === "deactivate" ? `${pageOf(id)}nonaktifkan/` : pageOf(id);
      return staffForm(c, deps, page, async (viewer) => {
        const data = await admin[verb as "deactivate" | "reactivate" | "grant" | "revoke"](
          viewer,
          id,
        );
        return { to: pageOf(id), data, news: verb };
      });
    })
    .post("/:id/recovery", (c) => {
      const id = c.req.param("id");
      return staffForm(c, deps, pageOf(id), async (viewer, values) => {
        const recovery = await admin.issueRecovery(viewer, {
          person: id,
          removesSecondFactor: one(values, "langkahKedua") === "hapus",
        });
        const shown = onPortal(recovery);
        return { to: pageOf(id), data: { person: id }, news: "tautan", shown };
      });
    })
    .post("/:id/signer", (c) => {
      const id = c.req.param("id");
      return staffForm(c, deps, pageOf(id), async (viewer, values) => {
        const data = await admin.setSigner(viewer, {
          person: id,
          nip: one(values, "nip"),
          rank: one(values, "pangkat"),
          nik: one(values, "hapusNik") === "ya" ? null : one(values, "nik"),
        });
        return { to: pageOf(id), data, news: "penanda-tangan" };
      });
    });
}
