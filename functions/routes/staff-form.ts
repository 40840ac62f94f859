import type { FormValues } from "#domain/workflow/form.ts";
import type { Viewer } from "../services/services.ts";
import { asAppError, query, wantsPage } from "./answers.ts";
import { type AppContext, type RouteDeps, viewerIn } from "./app-env.ts";
import { keepDraft } from "./keep-draft.ts";
import { FORM_BYTES_MAX, readForm } from "./read-body.ts";

export interface Done {
  /** Page to go on to. */
  readonly to: string;
  /** What a program is answered. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Which sentence of the page tells that it is done. */
  readonly news?: string;
  /** A secret that the next page shows and the portal then forgets. */
  readonly shown?: Readonly<Record<string, string>>;
}

/**
 * A form of the workroom: on to the next page, or back to its own with what to mend beside the
 * fields. The same as JSON for programs.
 */
export async function staffForm(
  c: AppContext,
  deps: RouteDeps,
  /** The page the form stands on. */
  page: string | ((values: FormValues) => string),
  work: (viewer: Viewer | null, values: FormValues) => Promise<Done>,
): Promise<Response> {
  let values: FormValues = {};
  c.header("cache-control", "private, no-store");
  try {
    ({ values } = await readForm(c, FORM_BYTES_MAX));
    const { to, data, news, shown } = await work(await viewerIn(c, deps.services), values);
    if (!wantsPage(c)) return c.json({ data: { ...data, ...shown } });
    const once = shown
      ? deps.services.drafts.keep({ values: shown, problems: [], pesan: "", status: 200 })
      : null;
    return c.redirect(withQuery(to, { kabar: news ?? null, baru: once }), 303);
  } catch (caught) {
    if (!wantsPage(c)) throw caught;
    const draft = keepDraft(c, deps, asAppError(caught), values);
    const from = typeof page === "string" ? page : page(values);
    return c.redirect(`${withQuery(from, { draf: draft })}#galat`, 303);
  }
}

function withQuery(path: string, parameters: Readonly<Record<string, string | null>>): string {
  const text = query(parameters);
  return text === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${text}`;
}
