/** Signing in by the agency's own service: real tokens of a real service, and every refusal. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createUser } from "#functions/services/people/create-user.ts";
import { enrolTotp } from "#functions/services/people/second-factor.ts";
import { type OidcPerson, type OidcService, startOidcService } from "#support/oidc.ts";
import { openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { codeNow, cookiesIn } from "#support/sign-in.ts";
import { galatOf } from "./office.ts";

let service: OidcService;
let portal: TestPortal;
beforeAll(async () => {
  service = await startOidcService(`${TEST_ORIGIN}/api/auth/callback/instansi`);
  portal = await openTestPortal({
    env: {
      PULIH_OIDC_ISSUER: service.issuer,
      PULIH_OIDC_CLIENT: service.client,
      PULIH_OIDC_SECRET: service.secret,
      PULIH_OIDC_NAME: "SSO CONTOH",
    },
  });
});
afterAll(async () => {
  await portal?.[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
});

let made = 0;
async function person(): Promise<OidcPerson & { readonly id: string }> {
  made += 1;
  const email = `sso${made}@kaltim.contoh.go.id`;
  const name = `CONTOH SSO ${made}`;
  const made_ = await createUser(portal.deps, { email, name, password: null });
  return { id: made_.person, email, email_verified: true, name };
}

/** From the button to the page after it, with the cookies a browser then holds. */
async function signIn(
  who: OidcPerson,
  amr: readonly string[],
  change: (callback: URL) => void = () => {},
): Promise<{ location: string; cookie: string; asked: URL }> {
  service.next(who, amr);
  const begun = await portal.fetch("/api/session/oidc?ke=/ruang-kerja/aset/");
  expect(begun.status).toBe(303);
  const asked = new URL(begun.headers.get("location") ?? "");
  const callback = new URL(await service.visit(asked.href));
  change(callback);
  const ended = await portal.fetch(callback.pathname + callback.search, {
    headers: { cookie: cookiesIn(begun) },
  });
  return { location: ended.headers.get("location") ?? "", cookie: cookiesIn(ended), asked };
}

const inbox = async (cookie: string): Promise<number> =>
  (await portal.fetch("/api/inbox", { headers: { cookie } })).status;
const errorIn = (location: string) => new URL(location, TEST_ORIGIN).searchParams.get("error");

describe("signing in by the agency's service", () => {
  it("asks with PKCE, state and nonce, and opens the page asked for to who showed two factors there", async () => {
    const who = await person();
    const { location, cookie, asked } = await signIn(who, ["pwd", "otp", "mfa"]);
    expect(asked.searchParams.get("code_challenge_method")).toBe("S256");
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(asked.searchParams.get(name)?.length, name).toBeGreaterThan(20);
    }
    expect(new URL(location, TEST_ORIGIN).pathname).toBe("/ruang-kerja/aset/");
    expect(await inbox(cookie)).toBe(200);
    const own = await portal.services.account.own(new Headers({ cookie }));
    expect(own.sessions.map((session) => session.way)).toEqual(["oidc"]);
    const kept = await portal.deps.db.orm.query.account.findMany({
      where: (table, { eq }) => eq(table.userId, who.id),
    });
    expect(kept.map((row) => [row.providerId, row.idToken, row.accessToken])).toContainEqual([
      "instansi",
      null,
      null,
    ]);
    expect((await signIn(who, ["mfa"])).location, "known by now").toBe(location);
  });

  it("asks for the code here where only a password was shown there", async () => {
    const who = await person();
    const { secret } = await enrolTotp(portal.deps, { person: who.id, email: who.email });
    const { cookie } = await signIn(who, ["pwd"]);
    expect(await inbox(cookie)).toBe(403);
    const entered = await portal.fetch("/api/session/code", {
      method: "POST",
      body: new URLSearchParams({ kode: await codeNow(secret) }),
      headers: { cookie },
    });
    expect(entered.status).toBe(303);
    expect(await inbox(cookie)).toBe(200);
  });

  it("makes no account and joins none by an address that the service did not check", async () => {
    const stranger = { email: "asing@lain.go.id", email_verified: true, name: "CONTOH Asing" };
    const refused = await signIn(stranger, ["mfa"]);
    expect([errorIn(refused.location), refused.cookie]).toEqual(["signup_disabled", ""]);
    const who = await person();
    const unverified = await signIn({ ...who, email_verified: false }, ["mfa"]);
    expect([errorIn(unverified.location), unverified.cookie]).toEqual(["account_not_linked", ""]);
    expect(await portal.deps.db.orm.query.user.findMany()).toHaveLength(made);
  });

  it("takes no answer to a question it did not ask, and none twice", async () => {
    const who = await person();
    const foreign = await signIn(who, ["mfa"], (url) => {
      url.searchParams.set("state", "x".repeat(32));
    });
    expect([errorIn(foreign.location), foreign.cookie]).toEqual(["state_mismatch", ""]);
    service.next(who, ["mfa"]);
    const begun = await portal.fetch("/api/session/oidc");
    const callback = new URL(await service.visit(begun.headers.get("location") ?? ""));
    const answer = (cookie: string) =>
      portal.fetch(callback.pathname + callback.search, { headers: { cookie } });
    const elsewhere = await answer("");
    expect(errorIn(elsewhere.headers.get("location") ?? ""), "another browser").toMatch(/state/);
    expect(portal.log.at(-2)).toMatchObject({ event: "sign-in-failed", detail: { way: "oidc" } });
  });

  it("says when the service does not answer, and finds it when it is back", async () => {
    const away = "http://127.0.0.1:9";
    await using alone = await openTestPortal({
      env: { PULIH_OIDC_ISSUER: away, PULIH_OIDC_CLIENT: "x", PULIH_OIDC_SECRET: "y" },
    });
    expect(await galatOf(await alone.fetch("/api/session/oidc"))).toMatchObject({
      status: 502,
      code: "AUTH_OIDC",
    });
    const official = await alone.official("kaltim", "pengawas");
    expect(official.cookie, "the other ways stay open").not.toBe("");
    await using none = await openTestPortal();
    expect((await none.fetch("/api/session/oidc")).status).toBe(404);
  });
});
