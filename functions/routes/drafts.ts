import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import type { StepIntent } from "../services/submissions/save-step.ts";
import { asAppError, query, wantsPage } from "./answers.ts";
import type { AppContext, AppEnv, RouteDeps } from "./app-env.ts";
import { keepDraft } from "./keep-draft.ts";
import { FORM_BYTES_MAX, one, readForm, SUBMISSION_BYTES_MAX } from "./read-body.ts";

/** Failed looks that may be guesses of a draft's secret. */
const GUESSES = ["DRAFT_UNKNOWN"];
const SLUG = /^[a-z0-9-]+$/;
const STEP = /^[a-z]+$/;

/** /api/drafts: the form of one thing a page, kept under a secret link until it is sent. */
export function draftRoutes(deps: RouteDeps) {
  return new Hono<AppEnv>()
    .post("/", (c) => saveStep(deps, c))
    .post("/send", (c) => send(deps, c))
    .post("/discard", (c) => discard(deps, c));
}

async function saveStep(deps: RouteDeps, c: AppContext): Promise<Response> {
  const { services, limits } = deps;
  const address = c.get("address");
  let values: FormValues = {};
  // A body too large to be read at all still finds its way back by the address of its page.
  let place = placeOfReferer(c);
  try {
    const form = await readForm(c, SUBMISSION_BYTES_MAX);
    values = form.values;
    const token = one(values, "konsep") || null;
    place = { slug: one(values, "sop"), step: one(values, "langkah"), token };
    if (one(values, "situs") !== "") throw new AppError("INPUT_MALFORMED", "the trap was filled");
    if (token === null) await limits.spend("submit", address);
    const intent = intentOf(one(values, "aksi"));
    const { slug, step } = place;
    const letter = form.files.get("surat") ?? null;
    const saved = await limits.guess("track", address, GUESSES, () =>
      services.submissions.saveStep({ slug, step, token, intent, values, letter }),
    );
    const checks = one(values, "ubah") === "1";
    const to = nextPage(intent, place.step, checks ? null : saved.next);
    if (wantsPage(c)) return c.redirect(pageOf(saved.slug, to.path, saved.token, to.hash), 303);
    return c.json({ data: { konsep: saved.token, next: saved.next } });
  } catch (caught) {
    const error = asAppError(caught);
    if (!wantsPage(c) || !SLUG.test(place.slug) || !STEP.test(place.step)) throw caught;
    if (GUESSES.includes(error.code)) {
      return c.redirect(pageOf(place.slug, "", place.token), 303);
    }
    const draf = keepDraft(c, deps, mended(error), values);
    const mark = one(values, "ubah") === "1" ? { ubah: "1" } : {};
    const search = query({ konsep: place.token, draf, ...mark });
    return c.redirect(`/sop/${place.slug}/ajukan/${place.step}/?${search}#galat`, 303);
  }
}

async function send(deps: RouteDeps, c: AppContext): Promise<Response> {
  const { services, limits } = deps;
  const address = c.get("address");
  const { values } = await readForm(c, FORM_BYTES_MAX);
  const token = one(values, "konsep");
  const slug = one(values, "sop");
  try {
    await limits.spend("submit", address);
    const { ref, code, created } = await limits.guess("track", address, GUESSES, () =>
      services.submissions.send(token),
    );
    if (wantsPage(c)) {
      return c.redirect(`/lacak/?${query({ nomor: ref, kode: code, baru: "1" })}`, 303);
    }
    return c.json({ data: { ref, code, created } }, created ? 201 : 200);
  } catch (caught) {
    const error = asAppError(caught);
    if (!wantsPage(c) || !SLUG.test(slug)) throw caught;
    if (GUESSES.includes(error.code)) return c.redirect(pageOf(slug, "", token), 303);
    const draf = keepDraft(c, deps, error, {});
    return c.redirect(`/sop/${slug}/ajukan/periksa/?${query({ konsep: token, draf })}#galat`, 303);
  }
}

async function discard(deps: RouteDeps, c: AppContext): Promise<Response> {
  const { values } = await readForm(c, FORM_BYTES_MAX);
  const { slug } = await deps.limits
    .guess("track", c.get("address"), GUESSES, () =>
      deps.services.submissions.discard(one(values, "konsep")),
    )
    .catch((error: unknown) => {
      // Already gone is what was wanted.
      const wanted = asAppError(error).code === "DRAFT_UNKNOWN" && SLUG.test(one(values, "sop"));
      if (wanted && wantsPage(c)) return { slug: one(values, "sop") };
      throw error;
    });
  if (wantsPage(c)) return c.redirect(`/sop/${slug}/ajukan/?dihapus=1`, 303);
  return c.json({ data: { slug } });
}

function intentOf(action: string): StepIntent {
  const [name, at] = action.split(":");
  switch (name) {
    case "simpan":
      return { kind: "later" };
    case "tambah":
      return { kind: "add-row" };
    case "hapus":
      if (!/^\d{1,2}$/.test(at ?? "")) throw new AppError("INPUT_MALFORMED", "no such row");
      return { kind: "drop-row", at: Number(at) };
    default:
      return { kind: "next" };
  }
}

/** Where a step leads: on, back to its own rows, or to the link that is to be saved. */
function nextPage(intent: StepIntent, step: string, next: string | null) {
  switch (intent.kind) {
    case "later":
      return { path: "tersimpan/", hash: "" };
    case "add-row":
      return { path: `${step}/`, hash: "#baris-terakhir" };
    case "drop-row":
      return { path: `${step}/`, hash: "#baris" };
    case "next":
      return { path: next === null ? "periksa/" : `${next}/`, hash: "" };
  }
}

function pageOf(slug: string, path: string, token: string | null, hash = ""): string {
  return `/sop/${slug}/ajukan/${path}?${query({ konsep: token })}${hash}`;
}

/** A body too large to be read at all is told beside the file field. */
function mended(error: AppError): AppError {
  if (error.code !== "INPUT_FILE_TOO_LARGE" || error.problems.length > 0) return error;
  return new AppError(error.code, error.message, {
    problems: [{ field: "surat", pesan: error.row.pesan }],
  });
}

function placeOfReferer(c: AppContext): { slug: string; step: string; token: string | null } {
  const referer = c.req.header("referer");
  const url = referer !== undefined && URL.canParse(referer) ? new URL(referer) : null;
  const found = url?.pathname.match(/^\/sop\/([a-z0-9-]+)\/ajukan\/([a-z]+)\/$/);
  return {
    slug: found?.[1] ?? "",
    step: found?.[2] ?? "",
    token: url?.searchParams.get("konsep") ?? null,
  };
}
