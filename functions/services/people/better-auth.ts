import type { AuthenticationResponseJSON } from "@simplewebauthn/browser";
import { symmetricDecrypt, symmetricEncrypt } from "better-auth/crypto";
import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { brokenPromise } from "#db/guard.ts";
import * as tables from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";
import { type AccountOptions, type Accounts, COOKIE_PREFIX } from "./accounts.ts";
import { OIDC_PROVIDER, openLibrary, openOidcLibrary, readingClaims } from "./auth-library.ts";
import { isInactive } from "./is-inactive.ts";

/** How exactly the last use of a session is kept; finer would write at every request. */
const SEEN_EVERY_MS = 60_000;

export function openBetterAuth(db: Database, options: AccountOptions): Accounts {
  const auth = openLibrary(db, options);
  const { session: limits, now } = options;
  const { user, session, account, verification } = tables;
  const key = async () => (await auth.$context).secretConfig;
  const passwords = async () => (await auth.$context).password;

  const personOf: Accounts["personOf"] = async (headers) => {
    const found = await auth.api.getSession({ headers });
    if (!found || (await isInactive({ db }, found.user.id))) return null;
    const { id, createdAt, updatedAt } = found.session;
    const at = now().getTime();
    const ended =
      at - createdAt.getTime() >= limits.wholeMs || at - updatedAt.getTime() >= limits.idleMs;
    if (ended) {
      await db.orm.delete(session).where(eq(session.id, id));
      return null;
    }
    if (at - updatedAt.getTime() >= SEEN_EVERY_MS) {
      await db.orm
        .update(session)
        .set({ updatedAt: new Date(at) })
        .where(eq(session.id, id));
    }
    return {
      id: found.user.id,
      name: found.user.name,
      email: found.user.email,
      session: id,
      secondFactor: found.session.secondFactor === true,
      totp: found.user.twoFactorEnabled === true,
    };
  };

  /** Kept only when the service answered: the next attempt looks for it again. */
  let oidcLibrary: ReturnType<typeof openOidcLibrary> | null = null;
  const oidc = () => {
    if (!options.oidc) throw new AppError("NOT_FOUND", "no OIDC service is set");
    oidcLibrary ??= openOidcLibrary(db, options, options.oidc);
    return oidcLibrary;
  };

  return {
    personOf,
    async signIn(email, password, headers) {
      const answer = await auth.api
        .signInEmail({ body: { email, password }, headers, asResponse: true })
        .catch((cause: unknown) => {
          throw new AppError("AUTH_FAILED", "sign-in failed", { cause });
        });
      if (!answer.ok) throw new AppError("AUTH_FAILED", `sign-in answered ${answer.status}`);
      const body = (await answer.json()) as { twoFactorRedirect?: boolean };
      const [row] = await db.orm.select({ id: user.id }).from(user).where(eq(user.email, email));
      return {
        cookies: answer.headers.getSetCookie(),
        person: row?.id ?? "",
        codeAsked: body.twoFactorRedirect === true,
      };
    },
    async challenged(headers) {
      const person = await personOf(headers);
      if (person) return person.totp && !person.secondFactor ? person.id : null;
      const identifier = challengeIn(headers);
      if (identifier === null) return null;
      const [row] = await db.orm
        .select()
        .from(verification)
        .where(eq(verification.identifier, identifier));
      return row && row.expiresAt > new Date() ? row.value : null;
    },
    async enterCode(code, headers) {
      const input = { body: { code }, headers, asResponse: true } as const;
      const answer = await (/^\d{6}$/.test(code)
        ? auth.api.verifyTOTP(input)
        : auth.api.verifyBackupCode(input));
      if (answer.ok) {
        const person = await personOf(headers);
        if (person) {
          await db.orm
            .update(session)
            .set({ secondFactor: true })
            .where(eq(session.id, person.session));
        }
        return { cookies: answer.headers.getSetCookie() };
      }
      const { code: reason } = (await answer.json().catch(() => ({}))) as { code?: string };
      const over = reason === "INVALID_TWO_FACTOR_COOKIE" || reason?.startsWith("TOO_MANY");
      throw new AppError(over ? "AUTH_CHALLENGE" : "AUTH_CODE", `code: ${reason ?? ""}`);
    },
    async signOut(headers) {
      const answer = await auth.api.signOut({ headers, asResponse: true });
      return { cookies: answer.headers.getSetCookie() };
    },
    async create({ id, email, name, password, at }) {
      const dates = { createdAt: at, updatedAt: at };
      const hash = password === null ? null : await (await passwords()).hash(password);
      try {
        await db.write([
          db.orm.insert(user).values({ id, email, name, emailVerified: true, ...dates }),
          db.orm.insert(account).values({
            id: crypto.randomUUID(),
            accountId: id,
            providerId: "credential",
            userId: id,
            password: hash,
            ...dates,
          }),
        ]);
      } catch (error) {
        if (brokenPromise(error) !== "unique") throw error;
        throw new AppError("INPUT_INVALID", "the address has an account", {
          problems: [{ field: "surel", pesan: "Surel ini sudah punya akun. Pakai surel lain." }],
        });
      }
    },
    async passwordHolds(person, password) {
      const [row] = await db.orm
        .select({ hash: account.password })
        .from(account)
        .where(and(eq(account.userId, person), eq(account.providerId, "credential")));
      return row?.hash ? (await passwords()).verify({ hash: row.hash, password }) : false;
    },
    hashPassword: async (password) => (await passwords()).hash(password),
    seal: async (data) => symmetricEncrypt({ key: await key(), data }),
    unseal: async (data) => symmetricDecrypt({ key: await key(), data }),
    async passkeyAsk(kind, headers) {
      const input = { headers, asResponse: true } as const;
      const answer = await (kind === "register"
        ? auth.api.generatePasskeyRegistrationOptions(input)
        : auth.api.generatePasskeyAuthenticationOptions(input));
      if (!answer.ok) throw new AppError("AUTH_PASSKEY", `options answered ${answer.status}`);
      const ask = (await answer.json()) as Record<string, unknown>;
      if (kind === "sign-in") ask["userVerification"] = "required";
      return { ask, cookies: answer.headers.getSetCookie() };
    },
    async passkeyAnswer(kind, { response, name }, headers) {
      const answer = await (kind === "register"
        ? auth.api.verifyPasskeyRegistration({
            body: { response, ...(name === undefined ? {} : { name }) },
            headers,
            asResponse: true,
          })
        : auth.api.verifyPasskeyAuthentication({
            // Parsed by the library, which refuses what is not of this form.
            body: { response: response as unknown as AuthenticationResponseJSON },
            headers,
            asResponse: true,
          }));
      if (!answer.ok) throw new AppError("AUTH_PASSKEY", `${kind} answered ${answer.status}`);
      const body = (await answer.json()) as { userId?: string; user?: { id: string } };
      return {
        cookies: answer.headers.getSetCookie(),
        person: body.user?.id ?? body.userId ?? "",
      };
    },
    async oidcBegin(returnTo, headers) {
      const unreachable = (cause?: unknown) => {
        oidcLibrary = null;
        return new AppError("AUTH_OIDC", "no discovery", { cause });
      };
      const answer = await oidc()
        .api.signInSocial({
          body: { provider: OIDC_PROVIDER, callbackURL: returnTo, errorCallbackURL: "/masuk/" },
          headers,
          asResponse: true,
        })
        .catch((cause: unknown) => {
          throw unreachable(cause);
        });
      const { url } = (await answer.json()) as { url?: string };
      if (!answer.ok || !url) throw unreachable();
      return { location: url, cookies: answer.headers.getSetCookie() };
    },
    async oidcEnd(request) {
      const answer = await readingClaims(() => oidc().handler(request));
      return {
        location: answer.headers.get("location") ?? "/masuk/?error=unknown",
        cookies: answer.headers.getSetCookie(),
      };
    },
  };
}

/** The name under which the library keeps who gave the password; it cannot be guessed. */
function challengeIn(headers: Headers): string | null {
  const cookies = headers.get("cookie") ?? "";
  const found = cookies.match(
    new RegExp(`(?:^|;\\s*)(?:__Secure-)?${COOKIE_PREFIX}\\.two_factor=([^;]+)`),
  );
  const value = found?.[1] ? decodeURIComponent(found[1]) : "";
  return value.includes(".") ? value.slice(0, value.lastIndexOf(".")) : null;
}
