import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Official, openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { codeNow, cookiesIn } from "#support/sign-in.ts";
import { answers, galatOf, KALTIM, postJson } from "./office.ts";

describe("signing in and out", () => {
  let portal: TestPortal;
  let official: Official;
  beforeAll(async () => {
    portal = await openTestPortal();
    official = await portal.official("kaltim", "administrator");
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const signIn = (surel: string, sandi: string, headers: Record<string, string> = {}) =>
    portal.fetch("/api/session", {
      method: "POST",
      body: new URLSearchParams({ surel, sandi }),
      headers: { origin: TEST_ORIGIN, ...headers },
    });

  const enter = (cookie: string, kode: string) =>
    portal.fetch("/api/session/code", {
      method: "POST",
      body: new URLSearchParams({ kode }),
      headers: { origin: TEST_ORIGIN, cookie },
    });

  it("sets a cookie that no script can read and no other site sends, and asks for the code", async () => {
    const answer = await signIn(official.email.toUpperCase(), official.password);
    expect([answer.status, answer.headers.get("location")]).toEqual([
      303,
      "/masuk/kode/?ke=%2Fruang-kerja%2F",
    ]);
    const entered = await enter(cookiesIn(answer), await codeNow(official.secret));
    expect([entered.status, entered.headers.get("location")]).toEqual([303, "/ruang-kerja/"]);
    const cookie = entered.headers.getSetCookie().find((line) => line.includes("session_token"));
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).not.toContain(official.password);
  });

  it("says the same of a wrong password and of an unknown address", async () => {
    const wrong = await galatOf(await signIn(official.email, "salah-sekali"));
    const unknown = await galatOf(await signIn("tidak@ada.go.id", "salah-sekali"));
    expect(wrong).toMatchObject({ status: 401, code: "AUTH_FAILED" });
    expect(unknown).toMatchObject({ status: wrong.status, code: wrong.code, pesan: wrong.pesan });
  });

  it("sends a browser back to the sign-in page, without the password", async () => {
    const answer = await signIn(official.email, "salah-sekali", { accept: "text/html" });
    const location = new URL(answer.headers.get("location") ?? "", TEST_ORIGIN);
    expect([answer.status, location.pathname]).toEqual([303, "/masuk/"]);
    const draft = portal.services.drafts.read(location.searchParams.get("draf") ?? "");
    expect(draft).toMatchObject({ status: 401, problems: [{ field: "sandi" }] });
    expect(JSON.stringify(draft)).not.toContain("salah-sekali");
    expect((await galatOf(await signIn("", ""))).perbaikan.map((one) => one.field)).toEqual([
      "surel",
      "sandi",
    ]);
  });

  it("ends a session at once: the old cookie opens nothing any more", async () => {
    const { cookie } = await portal.official("kaltim", "administrator");
    expect((await portal.fetch("/api/inbox", { headers: { cookie } })).status).toBe(200);
    const out = await portal.fetch("/api/session/end", {
      method: "POST",
      headers: { cookie, origin: TEST_ORIGIN },
    });
    expect([out.status, out.headers.get("location")]).toEqual([303, "/"]);
    expect((await portal.fetch("/api/inbox", { headers: { cookie } })).status).toBe(401);
    expect((await portal.fetch("/api/inbox", { headers: { cookie: `${cookie}x` } })).status).toBe(
      401,
    );
  });

  it("opens none of the library's own ways to make an account, a session or a change", async () => {
    const closed = [
      "sign-up/email",
      "sign-in/email",
      "sign-in/social",
      "update-user",
      "delete-user",
    ];
    const later = ["change-password", "two-factor/disable", "two-factor/enable", "sign-out", "ok"];
    for (const path of [...closed, ...later, "passkey/verify-registration"]) {
      const answer = await postJson(
        portal,
        `/api/auth/${path}`,
        { email: "a@b.go.id", password: "x".repeat(12), name: "A" },
        { cookie: official.cookie },
      );
      expect(await galatOf(answer)).toMatchObject({ status: 404, code: "NOT_FOUND" });
    }
    const session = await portal.fetch("/api/auth/get-session", {
      headers: { cookie: official.cookie },
    });
    expect(session.status).toBe(404);
  });
});

describe("limits of attempts", () => {
  it("bars further guesses of passwords and codes from one address, and only those", async () => {
    await using portal = await openTestPortal({
      env: {
        PULIH_LIMIT_SIGN_IN: "2",
        PULIH_LIMIT_TRACK: "2",
        PULIH_LIMIT_SUBMIT: "2",
        PULIH_TRUST_PROXY: "1",
      },
    });
    const official = await portal.official("kaltim", "administrator");
    const from = (address: string) => ({ "x-forwarded-for": `6.6.6.6, ${address}` });
    const signIn = (sandi: string, address: string) =>
      portal.fetch("/api/session", {
        method: "POST",
        body: new URLSearchParams({ surel: official.email, sandi }),
        headers: from(address),
      });
    const statuses = [];
    for (let attempt = 0; attempt < 3; attempt += 1)
      statuses.push((await signIn("salah-sekali", "10.0.0.1")).status);
    expect(statuses).toEqual([401, 401, 429]);
    expect((await signIn(official.password, "10.0.0.1")).status).toBe(429);
    expect((await signIn(official.password, "10.0.0.2")).status).toBe(303);

    const track = (address: string) =>
      portal.fetch("/api/requests/ABC-2DE-3FG?kode=aaaaaaaaaaaaaaaa", { headers: from(address) });
    expect((await track("10.0.0.3")).status).toBe(404);
    expect((await track("10.0.0.3")).status).toBe(404);
    const barred = await track("10.0.0.3");
    expect(Number(barred.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await galatOf(barred)).toMatchObject({ status: 429, code: "INPUT_RATE_LIMITED" });

    const submit = () =>
      postJson(portal, "/api/requests", answers(portal, KALTIM), from("10.0.0.4"));
    const sent = [await submit(), await submit(), await submit()].map((answer) => answer.status);
    expect(sent).toEqual([201, 200, 429]);
  });
});
