import { Hono } from "hono";
import { AppError, ERRORS } from "#domain/errors.ts";
import { asAppError, wantsPage } from "./answers.ts";
import type { AppContext, AppEnv, RouteDeps } from "./app-env.ts";
import { keepDraft } from "./keep-draft.ts";
import { FORM_BYTES_MAX, one, readForm } from "./read-body.ts";

/** What of better-auth's own endpoints is open; signing in goes through the form route and its limit. */
const OPEN_AUTH: ReadonlySet<string> = new Set([
  "GET /api/auth/get-session",
  "POST /api/auth/sign-out",
  "POST /api/auth/change-password",
]);

export function sessionRoutes(deps: RouteDeps) {
  const { services, limits } = deps;
  return new Hono<AppEnv>()
    .post("/", async (c) => {
      try {
        const { values } = await readForm(c, FORM_BYTES_MAX);
        const email = one(values, "surel");
        const password = String([values["sandi"] ?? ""].flat()[0] ?? "");
        const problems = [
          ...(email === "" ? [{ field: "surel", pesan: "Isi alamat surel dinas." }] : []),
          ...(password === "" ? [{ field: "sandi", pesan: "Isi kata sandi." }] : []),
        ];
        if (problems.length > 0) throw new AppError("INPUT_INVALID", "sign-in form", { problems });
        const { cookies } = await limits.guess("signIn", c.get("address"), ["AUTH_FAILED"], () =>
          services.people.signIn(email, password, c.req.raw.headers),
        );
        return leaving(c, cookies, "/ruang-kerja/");
      } catch (caught) {
        if (!wantsPage(c)) throw caught;
        const error = asAppError(caught);
        const draft = keepDraft(c, deps, withPlace(error), {});
        return c.redirect(`/masuk/?draf=${draft}#galat`, 303);
      }
    })
    .post("/end", async (c) => {
      const { cookies } = await services.people.signOut(c.req.raw.headers);
      return leaving(c, cookies, "/");
    });
}

export function authRoutes({ services }: RouteDeps) {
  return new Hono<AppEnv>().all("/*", (c) => {
    if (!OPEN_AUTH.has(`${c.req.method} ${c.req.path}`)) {
      throw new AppError("NOT_FOUND", "not an open endpoint");
    }
    return services.people.authHandler(c.req.raw);
  });
}

function leaving(c: AppContext, cookies: readonly string[], to: string): Response {
  for (const cookie of cookies) c.header("set-cookie", cookie, { append: true });
  return c.redirect(to, 303);
}

/** One sentence beside the form that does not tell which of the two was wrong. */
function withPlace(error: AppError): AppError {
  if (error.code !== "AUTH_FAILED") return error;
  return new AppError(error.code, error.message, {
    problems: [{ field: "sandi", pesan: ERRORS.AUTH_FAILED.pesan }],
  });
}
