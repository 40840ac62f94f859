import { Hono } from "hono";
import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { returnPath } from "#domain/return-path.ts";
import { query } from "./answers.ts";
import { type AppContext, type AppEnv, type RouteDeps, viewerIn } from "./app-env.ts";
import { FORM_BYTES_MAX, many, one, readForm, readJson } from "./read-body.ts";
import { formed, secretOf, setCookies, unstored } from "./session.ts";

const ACCOUNT = "/ruang-kerja/akun/";
const CODES = `${ACCOUNT}kode-pemulihan/`;
const NewPasskey = z.object({ response: z.record(z.string(), z.unknown()), nama: z.string() });

/** What people change about their own way to sign in. */
export function accountRoutes(deps: RouteDeps) {
  const { services, limits } = deps;
  const { account } = services;
  const headersOf = (c: AppContext): Headers => c.req.raw.headers;
  /** A wrong password or code here is a guess like any other. */
  const guessing = <T>(c: AppContext, attempt: () => Promise<T>): Promise<T> =>
    limits.guess("signIn", c.get("address"), ["AUTH_CODE", "INPUT_INVALID"], attempt);
  return new Hono<AppEnv>()
    .use(unstored)
    .post("/totp", (c) =>
      formed(deps, c, `${ACCOUNT}dua-langkah/`, async (values) => {
        const codes = await guessing(c, () =>
          account.setTotp({
            code: one(values, "kode"),
            password: secretOf(values, "sandi"),
            headers: headersOf(c),
          }),
        );
        return shown(deps, c, codes, one(values, "ke"));
      }),
    )
    .post("/recovery-codes", (c) =>
      formed(deps, c, CODES, async (values) => {
        const password = secretOf(values, "sandi");
        const codes = await guessing(c, () =>
          account.newRecoveryCodes({ password, headers: headersOf(c) }),
        );
        return shown(deps, c, codes, "");
      }),
    )
    .get("/recovery-codes.txt", async (c) => {
      const viewer = await viewerIn(c, services);
      const { values } = services.drafts.read(c.req.query("tampil") ?? "") ?? { values: {} };
      const codes = many(values, "kode");
      if (!viewer || one(values, "person") !== viewer.person || codes.length === 0) {
        throw new AppError("NOT_FOUND", "recovery codes are shown once");
      }
      const head = "Kode pemulihan Pulih. Tiap kode berlaku satu kali. Simpan di tempat aman.";
      return c.body(`${[head, "", ...codes].join("\n")}\n`, 200, {
        "content-type": "text/plain; charset=utf-8",
        "content-disposition": 'attachment; filename="kode-pemulihan-pulih.txt"',
      });
    })
    .post("/password", (c) =>
      formed(deps, c, `${ACCOUNT}sandi/`, async (values) => {
        await guessing(c, () =>
          account.changePassword({
            current: secretOf(values, "sandi"),
            next: secretOf(values, "sandi-baru"),
            again: secretOf(values, "sandi-ulang"),
            headers: headersOf(c),
          }),
        );
        return done(c, "sandi");
      }),
    )
    .post("/passkeys/ask", async (c) => {
      const { values } = await readForm(c, FORM_BYTES_MAX);
      const password = secretOf(values, "sandi");
      const { ask, cookies } = await guessing(c, () =>
        account.askPasskey({ password, name: one(values, "nama"), headers: headersOf(c) }),
      );
      setCookies(c, cookies);
      return c.json({ data: ask });
    })
    .post("/passkeys", async (c) => {
      const parsed = NewPasskey.safeParse(await readJson(c, FORM_BYTES_MAX));
      if (!parsed.success) throw new AppError("INPUT_MALFORMED", "answer of a new passkey");
      const { response, nama } = parsed.data;
      const { cookies } = await account.addPasskey({ response, name: nama, headers: headersOf(c) });
      setCookies(c, cookies);
      return c.json({ data: { location: `${ACCOUNT}?selesai=kunci` } }, 201);
    })
    .post("/passkeys/:id", (c) =>
      formed(deps, c, ACCOUNT, async (values) => {
        const name = one(values, "nama");
        await account.renamePasskey({ id: c.req.param("id"), name, headers: headersOf(c) });
        return done(c, "nama-kunci");
      }),
    )
    .post("/passkeys/:id/remove", (c) =>
      formed(deps, c, ACCOUNT, async () => {
        await account.removePasskey({ id: c.req.param("id"), headers: headersOf(c) });
        return done(c, "hapus-kunci");
      }),
    )
    .post("/sessions/end-others", (c) =>
      formed(deps, c, ACCOUNT, async () => {
        await account.endOtherSessions(headersOf(c));
        return done(c, "sesi");
      }),
    )
    .post("/sessions/:id/end", (c) =>
      formed(deps, c, ACCOUNT, async () => {
        await account.endSession({ id: c.req.param("id"), headers: headersOf(c) });
        return done(c, "sesi");
      }),
    );
}

/** Keeps the codes for the page that shows them once, to this person only. */
function shown(
  { services }: RouteDeps,
  c: AppContext,
  { person, codes }: { readonly person: string; readonly codes: readonly string[] },
  ke: string,
): Response {
  const tampil = services.drafts.keep({
    values: { person, kode: [...codes] },
    problems: [],
    pesan: "",
    status: 200,
  });
  return c.redirect(`${CODES}?${query({ tampil, ke: returnPath(ke) })}`, 303);
}

function done(c: AppContext, what: string): Response {
  return c.redirect(`${ACCOUNT}?${query({ selesai: what })}#selesai`, 303);
}
