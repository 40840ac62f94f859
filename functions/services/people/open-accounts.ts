import type { Database } from "#db/client.ts";
import { type AccountOptions, type Accounts, COOKIE_PREFIX } from "./accounts.ts";

/** The sign-in library is large: it is read when it is first needed, which most commands never do. */
export function openAccounts(db: Database, options: AccountOptions): Accounts {
  let opened: Promise<Accounts> | null = null;
  const accounts = (): Promise<Accounts> => {
    opened ??= import("./better-auth.ts").then((library) => library.openBetterAuth(db, options));
    return opened;
  };
  const known = (headers: Headers): boolean =>
    headers.get("cookie")?.includes(COOKIE_PREFIX) === true;
  return {
    signIn: async (...args) => (await accounts()).signIn(...args),
    challenged: async (headers) => (known(headers) ? (await accounts()).challenged(headers) : null),
    enterCode: async (...args) => (await accounts()).enterCode(...args),
    signOut: async (...args) => (await accounts()).signOut(...args),
    personOf: async (headers) => (known(headers) ? (await accounts()).personOf(headers) : null),
    create: async (input) => (await accounts()).create(input),
    passwordHolds: async (...args) => (await accounts()).passwordHolds(...args),
    hashPassword: async (password) => (await accounts()).hashPassword(password),
    seal: async (text) => (await accounts()).seal(text),
    unseal: async (sealed) => (await accounts()).unseal(sealed),
    passkeyAsk: async (...args) => (await accounts()).passkeyAsk(...args),
    passkeyAnswer: async (...args) => (await accounts()).passkeyAnswer(...args),
    oidcBegin: async (...args) => (await accounts()).oidcBegin(...args),
    oidcEnd: async (request) => (await accounts()).oidcEnd(request),
  };
}
