import { Hono } from "hono";
import type { FormValues } from "#domain/workflow/form.ts";
import { asAppError, query, wantsPage } from "./answers.ts";
import { type AppContext, type AppEnv, ctxOf, type RouteDeps } from "./app-env.ts";
import { keepDraft } from "./keep-draft.ts";
import { FORM_BYTES_MAX, one, readForm } from "./read-body.ts";
import { sendFile } from "./send-file.ts";

/** POST /api/requests/:ref/preview and /:ref/berita-acara, as forms of the pages or as JSON. */
export function letterRoutes(deps: RouteDeps) {
  const { services } = deps;
  return new Hono<AppEnv>()
    .post("/:ref/preview", (c) =>
      answered(deps, c, async (ref, values) => {
        const ctx = await ctxOf(c, services, one(values, "kode"));
        const bytes = await looked(deps, c, () =>
          services.requests.previewLetter(ctx, { ref, values }),
        );
        return sendFile(c, { bytes, mime: "application/pdf", stem: `konsep-${ref}` });
      }),
    )
    .post("/:ref/berita-acara", (c) =>
      answered(deps, c, async (ref, values) => {
        const ctx = await ctxOf(c, services, null);
        await looked(deps, c, () => services.requests.makeMinutes(ctx, { ref, values }));
        if (wantsPage(c)) return c.redirect(`${pageOf(ref)}#dokumen`, 303);
        return c.json({ data: await services.requests.view(ctx, ref) });
      }),
    );
}

function looked<T>({ limits }: RouteDeps, c: AppContext, look: () => Promise<T>): Promise<T> {
  return limits.guess("track", c.get("address"), ["AUTH_TRACKING"], look);
}

async function answered(
  deps: RouteDeps,
  c: AppContext,
  answer: (ref: string, values: FormValues) => Promise<Response>,
): Promise<Response> {
  const ref = c.req.param("ref") ?? "";
  let values: FormValues = {};
  try {
    ({ values } = await readForm(c, FORM_BYTES_MAX));
    return await answer(ref, values);
  } catch (caught) {
    if (!wantsPage(c)) throw caught;
    const draf = keepDraft(c, deps, asAppError(caught), values);
    const code = one(values, "kode");
    const page =
      code === ""
        ? `${pageOf(ref)}?${query({ draf })}`
        : `/lacak/?${query({ nomor: ref, kode: code, draf })}`;
    return c.redirect(`${page}#galat`, 303);
  }
}

function pageOf(ref: string): string {
  return `/ruang-kerja/permohonan/${encodeURIComponent(ref)}/`;
}
