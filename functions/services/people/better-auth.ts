import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { betterAuth } from "better-auth/minimal";
import type { Database } from "#db/client.ts";
import { brokenPromise } from "#db/guard.ts";
import * as tables from "#db/schema/auth.ts";
import { AppError } from "#domain/errors.ts";
import {
  type AccountOptions,
  type Accounts,
  COOKIE_PREFIX,
  PASSWORD_LENGTH_MIN,
} from "./accounts.ts";

const SESSION_S = 8 * 60 * 60;

export function openBetterAuth(db: Database, options: AccountOptions): Accounts {
  const auth = betterAuth({
    appName: "Pulih",
    baseURL: options.origin,
    basePath: "/api/auth",
    secret: options.secret,
    trustedOrigins: [options.origin],
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: drizzleAdapter(db.orm, { provider: "sqlite", schema: tables, transaction: false }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: 128,
      revokeSessionsOnPasswordReset: true,
    },
    session: { expiresIn: SESSION_S, updateAge: 15 * 60, cookieCache: { enabled: false } },
    // Limits stand in our own routes, which know the address behind a trusted proxy.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: options.origin.startsWith("https:"),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", path: "/" },
      ipAddress: { disableIpTracking: true },
    },
  });
  return {
    async signIn(email, password, headers) {
      const answer = await auth.api
        .signInEmail({ body: { email, password }, headers, asResponse: true })
        .catch((cause: unknown) => {
          throw new AppError("AUTH_FAILED", "sign-in failed", { cause });
        });
      if (!answer.ok) throw new AppError("AUTH_FAILED", `sign-in answered ${answer.status}`);
      return { cookies: answer.headers.getSetCookie() };
    },
    async signOut(headers) {
      const answer = await auth.api.signOut({ headers, asResponse: true });
      return { cookies: answer.headers.getSetCookie() };
    },
    async personOf(headers) {
      const found = await auth.api.getSession({ headers });
      return found ? { id: found.user.id, name: found.user.name } : null;
    },
    async create({ id, email, name, password, at }) {
      const { password: passwords } = await auth.$context;
      const hash = await passwords.hash(password);
      const dates = { createdAt: at, updatedAt: at };
      try {
        await db.write([
          db.orm.insert(tables.user).values({ id, email, name, emailVerified: true, ...dates }),
          db.orm.insert(tables.account).values({
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
    handler: (request) => auth.handler(request),
  };
}
