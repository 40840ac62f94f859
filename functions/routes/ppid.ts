import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import { PPID_DECISIONS, type PpidDecideInput } from "../services/ppid/decide.ts";
import { asAppError, query, wantsPage } from "./answers.ts";
import { type AppContext, type AppEnv, ctxOf, type RouteDeps, viewerIn } from "./app-env.ts";
import { keepDraft } from "./keep-draft.ts";
import { one, readForm, SUBMISSION_BYTES_MAX } from "./read-body.ts";
import { sendFile } from "./send-file.ts";

/** Requests for public information and objections: /api/ppid. */
export function ppidRoutes(deps: RouteDeps) {
  const { services, limits } = deps;
  const looking = <T>(c: AppContext, look: () => Promise<T>): Promise<T> =>
    limits.guess("track", c.get("address"), ["AUTH_TRACKING"], look);
  return new Hono<AppEnv>()
    .post("/", (c) => request(deps, c))
    .get("/register.csv", async (c) => {
      const viewer = await viewerIn(c, services);
      if (!viewer) throw new AppError("AUTH_REQUIRED", "register");
      const { stem, csv } = await services.ppid.register(viewer, yearOf(c));
      const bytes = new TextEncoder().encode(csv);
      return sendFile(c, { bytes, mime: "text/csv; charset=utf-8", stem });
    })
    .get("/report", async (c) => {
      const viewer = await viewerIn(c, services);
      if (!viewer) throw new AppError("AUTH_REQUIRED", "report");
      const form = c.req.query("bentuk") === "odt" ? "odt" : "pdf";
      return sendFile(c, await services.ppid.report(viewer, { ...yearOf(c), form }));
    })
    .get("/:ref", async (c) => {
      const ctx = await ctxOf(c, services, c.req.query("kode"));
      const view = await looking(c, () => services.ppid.view(ctx, c.req.param("ref")));
      c.header("cache-control", "private, no-store");
      return c.json({ data: view });
    })
    .get("/:ref/files/:id", async (c) => {
      const ctx = await ctxOf(c, services, c.req.query("kode"));
      const { ref, id } = c.req.param();
      return sendFile(c, await looking(c, () => services.ppid.file(ctx, { ref, id })));
    })
    .post("/:ref/decisions", (c) => decide(deps, c));
}

async function request(deps: RouteDeps, c: AppContext): Promise<Response> {
  const { services, limits } = deps;
  let values: FormValues = {};
  try {
    await limits.spend("submit", c.get("address"));
    const form = await readForm(c, SUBMISSION_BYTES_MAX);
    values = form.values;
    // A field that people do not see: only programs that fill everything fill it.
    if (one(values, "situs") !== "") throw new AppError("INPUT_MALFORMED", "the trap was filled");
    const identity = form.files.get("identitas") ?? null;
    const { ref, code } = await services.ppid.request({ values, identity });
    if (!wantsPage(c)) return c.json({ data: { ref, code } }, 201);
    return c.redirect(`/ppid/lacak/?${query({ nomor: ref, kode: code, baru: "1" })}`, 303);
  } catch (caught) {
    if (!wantsPage(c)) throw caught;
    const draft = keepDraft(c, deps, asAppError(caught), values);
    return c.redirect(`/ppid/minta/?${query({ draf: draft })}#galat`, 303);
  }
}

async function decide(deps: RouteDeps, c: AppContext): Promise<Response> {
  const { services, limits } = deps;
  const ref = c.req.param("ref") ?? "";
  let values: FormValues = {};
  try {
    const form = await readForm(c, SUBMISSION_BYTES_MAX);
    values = form.values;
    const ctx = await ctxOf(c, services, one(values, "kode"));
    const input = inputOf(ref, values, form.files.get("berkas") ?? null);
    await limits.guess("track", c.get("address"), ["AUTH_TRACKING"], () =>
      services.ppid.decide(ctx, input),
    );
    if (wantsPage(c)) return c.redirect(pageOf(ref, values, null), 303);
    return c.json({ data: await services.ppid.view(ctx, ref) });
  } catch (caught) {
    if (!wantsPage(c)) throw caught;
    const draft = keepDraft(c, deps, asAppError(caught), values);
    return c.redirect(`${pageOf(ref, values, draft)}#galat`, 303);
  }
}

function inputOf(
  ref: string,
  values: FormValues,
  file: Uint8Array<ArrayBuffer> | null,
): PpidDecideInput {
  const decision = PPID_DECISIONS.find((known) => known === one(values, "decision"));
  if (!decision) throw new AppError("INPUT_MALFORMED", "no such decision");
  return { ref, seen: one(values, "seen"), decision, values, file };
}

/** The page the form stands on: the requester's by the code, the officials' in the workroom. */
function pageOf(ref: string, values: FormValues, draft: string | null): string {
  const code = one(values, "kode");
  if (code !== "") return `/ppid/lacak/?${query({ nomor: ref, kode: code, draf: draft })}`;
  return `/ruang-kerja/ppid/${encodeURIComponent(ref)}/?${query({ draf: draft })}`;
}

function yearOf(c: AppContext): { readonly agency: string; readonly year: number } {
  const year = Number(c.req.query("tahun"));
  if (!Number.isInteger(year) || year < 2000 || year > 2999) {
    throw new AppError("INPUT_MALFORMED", "no year");
  }
  return { agency: c.req.query("instansi") ?? "", year };
}
