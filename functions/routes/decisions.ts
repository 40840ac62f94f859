import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import { DECISIONS, type DecideInput } from "../services/requests/decide.ts";
import { asAppError, query, wantsPage } from "./answers.ts";
import { type AppEnv, ctxOf, type RouteDeps } from "./app-env.ts";
import { keepDraft } from "./keep-draft.ts";
import { FORM_BYTES_MAX, many, one, readForm } from "./read-body.ts";

/** POST /api/requests/:ref/decisions, as a form of the pages or as JSON with the same names. */
export function decisionRoutes(deps: RouteDeps) {
  return new Hono<AppEnv>().post("/:ref/decisions", async (c) => {
    const ref = c.req.param("ref");
    let values: FormValues = {};
    try {
      ({ values } = await readForm(c, FORM_BYTES_MAX));
      const { services, limits } = deps;
      const ctx = await ctxOf(c, services, one(values, "kode"));
      const decided = await limits.guess("track", c.get("address"), ["AUTH_TRACKING"], () =>
        services.requests.decide(ctx, inputOf(ref, values)),
      );
      if (wantsPage(c)) return c.redirect(pageOf(decided.ref, values, null), 303);
      return c.json({ data: await services.requests.view(ctx, decided.ref) });
    } catch (caught) {
      if (!wantsPage(c)) throw caught;
      const draft = keepDraft(c, deps, asAppError(caught), values);
      return c.redirect(pageOf(ref, values, draft), 303);
    }
  });
}

function inputOf(ref: string, values: FormValues): DecideInput {
  const decision = DECISIONS.find((known) => known === one(values, "decision"));
  if (!decision) throw new AppError("INPUT_MALFORMED", "no such decision");
  const ticks = many(values, "tick").map(Number);
  if (ticks.some((tick) => !Number.isInteger(tick) || tick < 0)) {
    throw new AppError("INPUT_MALFORMED", "a tick is not an index");
  }
  return {
    ref,
    act: one(values, "act"),
    seen: one(values, "seen"),
    decision,
    ticks: [...new Set(ticks)].sort((a, b) => a - b),
    branch: one(values, "branch") || null,
    to: one(values, "to") || null,
    job: one(values, "job") || null,
    digest: one(values, "digest") || null,
    values,
  };
}

/** The page the form stands on: the pemohon's by the code, everybody else's in the workroom. */
function pageOf(ref: string, values: FormValues, draft: string | null): string {
  const code = one(values, "kode");
  const place = encodeURIComponent(ref);
  const path =
    code === ""
      ? `/ruang-kerja/permohonan/${place}/${draft === null ? "" : `?${query({ draf: draft })}`}`
      : `/lacak/?${query({ nomor: ref, kode: code, draf: draft })}`;
  return draft === null ? path : `${path}#galat`;
}
