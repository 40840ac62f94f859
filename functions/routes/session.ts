import { Hono } from "hono";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { returnPath } from "#domain/return-path.ts";
import { asAppError, query, wantsPage } from "./answers.ts";
import type { AppContext, AppEnv, RouteDeps } from "./app-env.ts";
import { keepDraft } from "./keep-draft.ts";
import { FORM_BYTES_MAX, one, readForm, readJson } from "./read-body.ts";

/** Failures that may be guesses; too many from one address bar further tries. */
const GUESSES = ["AUTH_FAILED", "AUTH_CODE", "AUTH_LOCKED", "AUTH_PASSKEY", "AUTH_RECOVERY"];
const PasskeyAnswer = z.object({
  response: z.record(z.string(), z.unknown()),
  ke: z.string().optional(),
});

export function sessionRoutes(deps: RouteDeps) {
  const { services, limits } = deps;
  const guessing = <T>(c: AppContext, attempt: () => Promise<T>): Promise<T> =>
    limits.guess("signIn", c.get("address"), GUESSES, attempt);
  return (
    new Hono<AppEnv>()
      .use(unstored)
      .post("/", (c) =>
        formed(deps, c, "/masuk/", async (values) => {
          const email = one(values, "surel");
          const password = secretOf(values, "sandi");
          const ke = returnPath(one(values, "ke"));
          const problems = [
            ...(email === "" ? [{ field: "surel", pesan: "Isi alamat surel dinas." }] : []),
            ...(password === "" ? [{ field: "sandi", pesan: "Isi kata sandi." }] : []),
          ];
          if (problems.length > 0)
            throw new AppError("INPUT_INVALID", "sign-in form", { problems });
          const { cookies, next } = await guessing(c, () =>
            services.account.signIn({ email, password, headers: c.req.raw.headers }),
          );
          const page = next === "code" ? "/masuk/kode/" : "/ruang-kerja/akun/dua-langkah/";
          return leaving(c, cookies, `${page}?${query({ ke })}`);
        }),
      )
      .post("/code", (c) =>
        formed(deps, c, "/masuk/kode/", async (values) => {
          const code = one(values, "kode");
          if (code === "") {
            throw new AppError("INPUT_INVALID", "code form", {
              problems: [{ field: "kode", pesan: "Isi kode dari aplikasi autentikator." }],
            });
          }
          const { cookies } = await guessing(c, () =>
            services.account.enterCode({ code, headers: c.req.raw.headers }),
          );
          return leaving(c, cookies, returnPath(one(values, "ke")));
        }),
      )
      .post("/recover", (c) =>
        formed(deps, c, "/masuk/pulihkan/", async (values) => {
          await guessing(c, () =>
            services.account.useRecovery({
              code: one(values, "kode"),
              password: secretOf(values, "sandi-baru"),
              again: secretOf(values, "sandi-ulang"),
            }),
          );
          return c.redirect("/masuk/?pulih=1", 303);
        }),
      )
      .get("/passkey", async (c) => {
        const { ask, cookies } = await services.account.passkeyAsk(c.req.raw.headers);
        setCookies(c, cookies);
        return c.json({ data: ask });
      })
      .post("/passkey", async (c) => {
        const parsed = PasskeyAnswer.safeParse(await readJson(c, FORM_BYTES_MAX));
        if (!parsed.success) throw new AppError("INPUT_MALFORMED", "answer of a passkey");
        const { response, ke } = parsed.data;
        const { cookies } = await guessing(c, () =>
          services.account.signInByPasskey(response, c.req.raw.headers),
        );
        setCookies(c, cookies);
        return c.json({ data: { location: returnPath(ke) } });
      })
      // A link, not a form: the policy lets no form lead to another site.
      .get("/oidc", async (c) => {
        const ke = returnPath(c.req.query("ke"));
        try {
          const { location, cookies } = await services.account.oidcBegin(ke, c.req.raw.headers);
          return leaving(c, cookies, location);
        } catch (caught) {
          return refusedForm(deps, c, caught, {}, "/masuk/");
        }
      })
      .post("/end", async (c) => {
        const { cookies } = await services.account.signOut(c.req.raw.headers);
        return leaving(c, cookies, "/");
      })
  );
}

/** Of the sign-in library's own endpoints only the way back from the agency's service is open. */
export function authRoutes({ services }: RouteDeps) {
  return new Hono<AppEnv>().use(unstored).get("/callback/instansi", async (c) => {
    const { location, cookies } = await services.account.oidcEnd(c.req.raw);
    return leaving(c, cookies, location);
  });
}

/** What the routes of sign-in and account have in common: nothing of them is kept anywhere. */
export async function unstored(c: AppContext, next: () => Promise<void>): Promise<void> {
  await next();
  c.header("cache-control", "private, no-store");
}

type Values = Awaited<ReturnType<typeof readForm>>["values"];

/** Reads a form, does its work, and sends a browser back to its page where that was refused. */
export async function formed(
  deps: RouteDeps,
  c: AppContext,
  page: string,
  work: (values: Values) => Promise<Response>,
): Promise<Response> {
  let values: Values = {};
  try {
    values = (await readForm(c, FORM_BYTES_MAX)).values;
    return await work(values);
  } catch (caught) {
    return refusedForm(deps, c, caught, values, page);
  }
}

function refusedForm(
  deps: RouteDeps,
  c: AppContext,
  caught: unknown,
  values: Values,
  page: string,
): Response {
  if (!wantsPage(c)) throw caught;
  const error = withPlace(asAppError(caught), page);
  const draf = keepDraft(c, deps, error, values);
  const from = error.code === "AUTH_CHALLENGE" ? "/masuk/" : page;
  const kode = page === "/masuk/pulihkan/" ? one(values, "kode") : null;
  const ke = one(values, "ke") || (c.req.query("ke") ?? null);
  return c.redirect(`${from}?${query({ kode, ke, draf })}#galat`, 303);
}

export function leaving(c: AppContext, cookies: readonly string[], to: string): Response {
  setCookies(c, cookies);
  return c.redirect(to, 303);
}

export function setCookies(c: AppContext, cookies: readonly string[]): void {
  for (const cookie of cookies) c.header("set-cookie", cookie, { append: true });
}

/** As typed: a space at the end of a password is part of it. */
export function secretOf(values: Values, name: string): string {
  return String([values[name] ?? ""].flat()[0] ?? "");
}

/** The field beside which a refusal stands that is not about a field: never which of two was wrong. */
const PLACES: Readonly<Record<string, string>> = { AUTH_FAILED: "sandi", AUTH_CODE: "kode" };

function withPlace(error: AppError, page: string): AppError {
  if (error.code === "AUTH_LOCKED" && page === "/masuk/kode/") {
    const problems = error.problems.map(({ pesan }) => ({ field: "kode", pesan }));
    return new AppError(error.code, error.message, { problems });
  }
  const field = PLACES[error.code];
  if (field === undefined || error.problems.length > 0) return error;
  return new AppError(error.code, error.message, { problems: [{ field, pesan: error.row.pesan }] });
}
