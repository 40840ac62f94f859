import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import { asAppError, query, wantsPage } from "./answers.ts";
import type { AppContext, AppEnv, RouteDeps } from "./app-env.ts";
import { keepDraft } from "./keep-draft.ts";
import { FORM_BYTES_MAX, one, readForm } from "./read-body.ts";

/** POST /api/feedback, by the form at the end of a page or as JSON with the same names. */
export function feedbackRoutes(deps: RouteDeps) {
  return new Hono<AppEnv>().post("/", (c) => add(deps, c));
}

async function add(deps: RouteDeps, c: AppContext): Promise<Response> {
  const { services, limits } = deps;
  let values: FormValues = {};
  try {
    await limits.spend("feedback", c.get("address"));
    ({ values } = await readForm(c, FORM_BYTES_MAX));
    // A field that people do not see: only programs that fill everything fill it.
    if (one(values, "situs") !== "") throw new AppError("INPUT_MALFORMED", "the trap was filled");
    const { path } = await services.feedback.add({
      path: one(values, "halaman"),
      helpful: one(values, "membantu"),
      comment: one(values, "saran"),
    });
    if (wantsPage(c)) {
      return c.redirect(`/umpan-balik/terima-kasih/?${query({ halaman: path })}`, 303);
    }
    return c.json({ data: { halaman: path } }, 201);
  } catch (caught) {
    if (!wantsPage(c)) throw caught;
    const draft = keepDraft(c, deps, asAppError(caught), values);
    return c.redirect(`/umpan-balik/?${query({ draf: draft })}#galat`, 303);
  }
}
