import type { AstroGlobal } from "astro";
import type { PageLocals, Viewer } from "../../functions/services/services.ts";

export type StaffLocals = PageLocals & { readonly viewer: Viewer };

/**
 * Who may read the workroom's pages: the signed in. Others sign in first and come back to the page
 * they wanted. Nobody on the way keeps what is shown.
 */
export function staffGate({
  locals,
  url,
  response,
  redirect,
}: AstroGlobal): StaffLocals | Response {
  const { viewer } = locals;
  if (!viewer) {
    return redirect(`/masuk/?${new URLSearchParams({ ke: url.pathname + url.search })}`, 303);
  }
  response.headers.set("cache-control", "private, no-store");
  return { ...locals, viewer };
}

/** The admin's pages: for other people they are not there. */
export function adminGate(astro: AstroGlobal): StaffLocals | Response {
  const gate = staffGate(astro);
  if (gate instanceof Response || gate.viewer.admin) return gate;
  return new Response(null, { status: 404 });
}
