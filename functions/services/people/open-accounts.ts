import type { Database } from "#db/client.ts";
import { type AccountOptions, type Accounts, COOKIE_PREFIX } from "./accounts.ts";

/** The sign-in library is large: it is read when it is first needed, which most commands never do. */
export function openAccounts(db: Database, options: AccountOptions): Accounts {
  let opened: Promise<Accounts> | null = null;
  const accounts = (): Promise<Accounts> => {
    opened ??= import("./better-auth.ts").then((library) => library.openBetterAuth(db, options));
    return opened;
  };
  return {
    signIn: async (...args) => (await accounts()).signIn(...args),
    signOut: async (...args) => (await accounts()).signOut(...args),
    personOf: async (headers) =>
      headers.get("cookie")?.includes(COOKIE_PREFIX) ? (await accounts()).personOf(headers) : null,
    create: async (input) => (await accounts()).create(input),
    handler: async (request) => (await accounts()).handler(request),
  };
}
