import { Hono } from "hono";
import type { FormValues } from "#domain/workflow/form.ts";
import { asAppError, query, wantsPage } from "./answers.ts";
import { type AppEnv, ctxOf, type RouteDeps } from "./app-env.ts";
import { keepDraft } from "./keep-draft.ts";
import { one, readForm, SUBMISSION_BYTES_MAX } from "./read-body.ts";

/** POST /api/requests/:ref/corrections: the pemohon mends what was returned, letter included. */
export function correctionRoutes(deps: RouteDeps) {
  return new Hono<AppEnv>().post("/:ref/corrections", async (c) => {
    const ref = c.req.param("ref");
    const { services, limits } = deps;
    let values: FormValues = {};
    try {
      const form = await readForm(c, SUBMISSION_BYTES_MAX);
      values = form.values;
      const ctx = await ctxOf(c, services, one(values, "kode"));
      const letter = form.files.get("surat") ?? null;
      const seen = one(values, "seen");
      await limits.guess("track", c.get("address"), ["AUTH_TRACKING"], () =>
        services.requests.correct(ctx, { ref, seen, values, letter }),
      );
      if (wantsPage(c)) return c.redirect(pageOf(ref, values, null), 303);
      return c.json({ data: await services.requests.view(ctx, ref) });
    } catch (caught) {
      if (!wantsPage(c) || one(values, "kode") === "") throw caught;
      const draft = keepDraft(c, deps, asAppError(caught), values);
      return c.redirect(`${pageOf(ref, values, draft)}#galat`, 303);
    }
  });
}

function pageOf(ref: string, values: FormValues, draf: string | null): string {
  return `/lacak/?${query({ nomor: ref, kode: one(values, "kode"), draf })}`;
}
