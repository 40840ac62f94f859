/** How better-auth is set up: everything that is a choice of ours, and none of our rules. */
import { AsyncLocalStorage } from "node:async_hooks";
import { passkey } from "@better-auth/passkey";
import type { BetterAuthOptions } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { betterAuth } from "better-auth/minimal";
import { genericOAuth } from "better-auth/plugins/generic-oauth";
import { twoFactor } from "better-auth/plugins/two-factor";
import { decodeJwt } from "jose";
import type { Database } from "#db/client.ts";
import * as tables from "#db/schema/auth.ts";
import {
  type AccountOptions,
  APP_NAME,
  COOKIE_PREFIX,
  type OidcOptions,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
} from "./accounts.ts";
import { showsTwoFactors } from "./oidc-claims.ts";

export const OIDC_PROVIDER = "instansi";

/** Claims of the ID token of the sign-in under way; the library does not hand them to its hooks. */
const claimsUnderWay = new AsyncLocalStorage<{ claims: Readonly<Record<string, unknown>> }>();

export function readingClaims<T>(work: () => Promise<T>): Promise<T> {
  return claimsUnderWay.run({ claims: {} }, work);
}

export function openLibrary(db: Database, options: AccountOptions) {
  return betterAuth({
    ...basics(db, options),
    plugins: [
      twoFactor({
        issuer: APP_NAME,
        totpOptions: { digits: 6, period: 30 },
        // Failures are counted once for passwords and codes together, by our own rule.
        accountLockout: { enabled: false },
      }),
      passkey({
        rpID: new URL(options.origin).hostname,
        rpName: APP_NAME,
        origin: options.origin,
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        registration: {
          afterVerification: ({ verification }) =>
            verifiedUser(verification.registrationInfo?.userVerified),
        },
        authentication: {
          afterVerification: ({ verification }) =>
            verifiedUser(verification.authenticationInfo.userVerified),
        },
      }),
    ],
  });
}

/** Apart from the other one: looking for a service that is away must not hold up other sign-ins. */
export function openOidcLibrary(db: Database, options: AccountOptions, oidc: OidcOptions) {
  const discoveryUrl = new URL(
    ".well-known/openid-configuration",
    oidc.issuer.endsWith("/") ? oidc.issuer : `${oidc.issuer}/`,
  );
  return betterAuth({
    ...basics(db, options),
    onAPIError: { errorURL: `${options.origin}/masuk/` },
    plugins: [
      genericOAuth({
        config: [
          {
            providerId: OIDC_PROVIDER,
            discoveryUrl: discoveryUrl.href,
            clientId: oidc.client,
            clientSecret: oidc.secret,
            scopes: ["openid", "email", "profile"],
            pkce: true,
            requireIdTokenVerification: true,
            disableSignUp: true,
            accountSubject: ({ tokens }) => {
              const claims = tokens.idToken ? decodeJwt(tokens.idToken) : {};
              const underWay = claimsUnderWay.getStore();
              if (underWay) underWay.claims = claims;
              return claims.sub ?? "";
            },
          },
        ],
      }),
    ],
  });
}

function basics(db: Database, options: AccountOptions) {
  return {
    appName: APP_NAME,
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
      maxPasswordLength: PASSWORD_LENGTH_MAX,
    },
    // Tokens of the agency's service are of no use after the sign-in, so none is kept.
    account: { updateAccountOnSignIn: false },
    session: {
      expiresIn: options.session.wholeMs / 1000,
      disableSessionRefresh: true,
      freshAge: 0,
      cookieCache: { enabled: false },
      additionalFields: {
        way: { type: "string" as const, required: false, input: false },
        secondFactor: { type: "boolean" as const, required: false, input: false },
      },
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session: object, context: { path?: string } | null) => ({
            data: {
              ...session,
              ...wayIn(context?.path),
              createdAt: options.now(),
              updatedAt: options.now(),
            },
          }),
        },
      },
      account: {
        create: {
          before: async (account: object) => ({
            data: { ...account, accessToken: null, refreshToken: null, idToken: null },
          }),
        },
      },
    },
    // Limits stand in our own routes, which know the address behind a trusted proxy.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: options.origin.startsWith("https:"),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax" as const, path: "/" },
      ipAddress: { disableIpTracking: true },
    },
  } satisfies BetterAuthOptions;
}

/** By what a session was opened, told by the endpoint that opens it. */
function wayIn(path: string | undefined) {
  switch (path) {
    case "/two-factor/verify-totp":
    case "/two-factor/verify-backup-code":
      return { way: "password", secondFactor: true };
    case "/passkey/verify-authentication":
      return { way: "passkey", secondFactor: true };
    case "/callback/:id":
      return {
        way: "oidc",
        secondFactor: showsTwoFactors(claimsUnderWay.getStore()?.claims ?? {}),
      };
    default:
      return { way: "password", secondFactor: false };
  }
}

/** A passkey stands for two factors only where its holder was checked by PIN, finger or face. */
function verifiedUser(verified: boolean | undefined): void {
  if (!verified) throw new Error("the user was not verified");
}
