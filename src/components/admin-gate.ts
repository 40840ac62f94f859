import type { PageLocals, Viewer } from "../../functions/services/services.ts";

export type AdminLocals = PageLocals & { readonly viewer: Viewer };

/** Who may read the admin's pages: for other people they are not there. */
export function adminGate(locals: PageLocals): AdminLocals | Response {
  const { viewer } = locals;
  if (!viewer) return new Response(null, { status: 303, headers: { location: "/masuk/" } });
  return viewer.admin ? { ...locals, viewer } : new Response(null, { status: 404 });
}
