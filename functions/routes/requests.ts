import { Hono } from "hono";
import { AppError } from "#domain/errors.ts";
import { FORMS } from "../services/requests/read-document.ts";
import { asAppError, query, wantsPage } from "./answers.ts";
import { type AppContext, type AppEnv, ctxOf, type RouteDeps } from "./app-env.ts";
import { sendEvents } from "./event-stream.ts";
import { keepDraft } from "./keep-draft.ts";
import { one, readForm, SUBMISSION_BYTES_MAX } from "./read-body.ts";
import { sendFile } from "./send-file.ts";

/** Failed looks that may be guesses of a code or number. */
const GUESSES = ["AUTH_TRACKING"];

export function requestRoutes(deps: RouteDeps) {
  const { services, limits } = deps;
  const looking = <T>(c: AppContext, look: () => Promise<T>): Promise<T> =>
    limits.guess("track", c.get("address"), GUESSES, look);
  return new Hono<AppEnv>()
    .post("/", (c) => submit(deps, c))
    .get("/:ref", async (c) => {
      const ctx = await ctxOf(c, services, c.req.query("kode"));
      const view = await looking(c, () => services.requests.view(ctx, c.req.param("ref")));
      c.header("cache-control", "private, no-store");
      return c.json({ data: view });
    })
    .get("/:ref/documents/:id", async (c) => {
      const ctx = await ctxOf(c, services, c.req.query("kode"));
      const { ref, id } = c.req.param();
      const form = FORMS.find((known) => known === c.req.query("bentuk")) ?? null;
      const { view, mime, bytes } = await looking(c, () =>
        services.requests.readDocument(ctx, { ref, id, form }),
      );
      const stem = `${view.kind}-${view.sha256.slice(0, 12)}`;
      return sendFile(c, { bytes, mime, stem });
    })
    .get("/:ref/tanda-terima", async (c) => {
      const ctx = await ctxOf(c, services, c.req.query("kode"));
      const { ref, bytes } = await looking(c, () =>
        services.requests.receipt(ctx, { ref: c.req.param("ref"), origin: deps.origin }),
      );
      return sendFile(c, { bytes, mime: "application/pdf", stem: `tanda-terima-${ref}` });
    })
    .get("/:ref/stream", async (c) => {
      const ctx = await ctxOf(c, services, c.req.query("kode"));
      const after = c.req.header("last-event-id") ?? null;
      return sendEvents(c, (signal) =>
        looking(c, () => services.requests.stream(ctx, { ref: c.req.param("ref"), after, signal })),
      );
    });
}

async function submit(deps: RouteDeps, c: AppContext): Promise<Response> {
  const { services, limits } = deps;
  let slug = slugOfReferer(c);
  let values = {};
  try {
    await limits.spend("submit", c.get("address"));
    const form = await readForm(c, SUBMISSION_BYTES_MAX);
    values = form.values;
    slug = one(values, "sop") || slug;
    // A field that people do not see: only programs that fill everything fill it.
    if (one(values, "situs") !== "") throw new AppError("INPUT_MALFORMED", "the trap was filled");
    const letter = form.files.get("surat") ?? null;
    const answer = await services.requests.submit({ slug, values, letter });
    const { ref, code, created } = answer;
    if (wantsPage(c)) {
      return c.redirect(`/lacak/?${query({ nomor: ref, kode: code, baru: "1" })}`, 303);
    }
    return c.json({ data: { ref, code, created } }, created ? 201 : 200);
  } catch (caught) {
    const error = mended(asAppError(caught));
    if (!wantsPage(c) || !/^[a-z0-9-]+$/.test(slug) || !shownOnForm(error)) throw caught;
    const draft = keepDraft(c, deps, error, values);
    return c.redirect(`/sop/${slug}/formulir/?draf=${draft}#galat`, 303);
  }
}

/** A body too large to be read at all is told beside the file field. */
function mended(error: AppError): AppError {
  if (error.code !== "INPUT_FILE_TOO_LARGE" || error.problems.length > 0) return error;
  return new AppError(error.code, error.message, {
    problems: [{ field: "surat", pesan: error.row.pesan }],
  });
}

/** Without such an SOP there is no form to go back to. */
function shownOnForm(error: AppError): boolean {
  return error.code !== "SOP_UNKNOWN" && error.code !== "SOP_WITHDRAWN";
}

function slugOfReferer(c: AppContext): string {
  const referer = c.req.header("referer");
  if (referer === undefined || !URL.canParse(referer)) return "";
  return new URL(referer).pathname.match(/^\/sop\/([a-z0-9-]+)\//)?.[1] ?? "";
}
