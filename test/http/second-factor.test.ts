/** Two steps at every sign-in, the pause after failures, and how a person gets in again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { personByEmail } from "#functions/services/people/accounts.ts";
import { createUser } from "#functions/services/people/create-user.ts";
import { type Official, openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { codeNow, cookiesIn } from "#support/sign-in.ts";
import { galatOf } from "./office.ts";

let portal: TestPortal;
beforeAll(async () => {
  portal = await openTestPortal({
    env: { PULIH_SESSION_IDLE_MINUTES: "30", PULIH_SESSION_HOURS: "8" },
  });
});
afterAll(async () => {
  await portal[Symbol.asyncDispose]();
});

const post = (path: string, form: Record<string, string>, cookie = "", accept = "*/*") =>
  portal.fetch(path, {
    method: "POST",
    body: new URLSearchParams(form),
    headers: { origin: TEST_ORIGIN, cookie, accept },
  });
const signIn = ({ email, password }: Pick<Official, "email" | "password">) =>
  post("/api/session", { surel: email, sandi: password });
const inbox = async (cookie: string) =>
  (await portal.fetch("/api/inbox", { headers: { cookie } })).status;
const wrongCode = async (secret: string) =>
  String((Number(await codeNow(secret, 0)) + 500_001) % 1_000_000).padStart(6, "0");

let made = 0;
async function newcomer(): Promise<{ email: string; password: string; cookie: string }> {
  made += 1;
  const email = `baru${made}@kaltim.contoh.go.id`;
  const password = `gerbang-${made}-perahu-langit`;
  await createUser(portal.deps, { email, name: "CONTOH Baru", password });
  const answer = await signIn({ email, password });
  expect(answer.headers.get("location")).toMatch(/^\/ruang-kerja\/akun\/dua-langkah\//);
  return { email, password, cookie: cookiesIn(answer) };
}

const setupSecret = async (cookie: string) =>
  (await portal.services.account.totpSetup(new Headers({ cookie }))).uri;

describe("the second step", () => {
  it("opens nothing to a password alone, until an app is set up by its first code", async () => {
    const { cookie } = await newcomer();
    const refused = await portal.fetch("/api/inbox", { headers: { cookie } });
    expect(await galatOf(refused)).toMatchObject({ status: 403, code: "AUTH_SECOND_FACTOR" });
    for (const path of ["recovery-codes", "password", "sessions/end-others", "passkeys/ask"]) {
      const answer = await post(`/api/account/${path}`, { sandi: "x", nama: "y" }, cookie);
      expect(await galatOf(answer), path).toMatchObject({ code: "AUTH_SECOND_FACTOR" });
    }
    const secret = await setupSecret(cookie);
    expect(await setupSecret(cookie), "the same until it is confirmed").toBe(secret);
    const wrong = await post("/api/account/totp", { kode: "000000" }, cookie);
    expect(await galatOf(wrong)).toMatchObject({ status: 401, code: "AUTH_CODE" });

    const set = await post("/api/account/totp", { kode: await codeNow(secret) }, cookie);
    const codesPage = new URL(set.headers.get("location") ?? "", TEST_ORIGIN);
    expect([set.status, codesPage.pathname]).toEqual([303, "/ruang-kerja/akun/kode-pemulihan/"]);
    expect(await inbox(cookie)).toBe(200);
    const shown = codesPage.searchParams.get("tampil") ?? "";
    const text = await portal.fetch(`/api/account/recovery-codes.txt?tampil=${shown}`, {
      headers: { cookie },
    });
    expect((await text.text()).match(/^[a-z2-9]{5}-[a-z2-9]{5}$/gm)).toHaveLength(10);
  });

  it("gives a code of the app a new session, and a wrong or late one none", async () => {
    const official = await portal.official("kaltim", "pengawas");
    const asked = cookiesIn(await signIn(official));
    expect(asked).not.toContain("session_token");
    expect(await inbox(asked)).toBe(401);
    const wrong = await post(
      "/api/session/code",
      { kode: await wrongCode(official.secret) },
      asked,
    );
    expect(await galatOf(wrong)).toMatchObject({ status: 401, code: "AUTH_CODE" });
    const old = await post(
      "/api/session/code",
      { kode: await codeNow(official.secret, -20) },
      asked,
    );
    expect((await galatOf(old)).code).toBe("AUTH_CODE");
    const spaced = (await codeNow(official.secret)).replace(/(...)/, " $1 ");
    const right = await post(
      "/api/session/code",
      { kode: spaced, ke: "/ruang-kerja/aset/?halaman=2" },
      asked,
    );
    expect(right.headers.get("location")).toBe("/ruang-kerja/aset/?halaman=2");
    const cookie = cookiesIn(right);
    expect(await inbox(cookie)).toBe(200);
    expect(cookie).not.toBe(official.cookie);
    const again = await post("/api/session/code", { kode: spaced }, asked);
    expect(await galatOf(again)).toMatchObject({ status: 401, code: "AUTH_CHALLENGE" });
  });

  it("takes each code of the app once, though its time is not over", async () => {
    const official = await portal.official("kaltim", "pengawas");
    const enter = async (kode: string) =>
      post("/api/session/code", { kode }, cookiesIn(await signIn(official)));
    const kode = await codeNow(official.secret);
    expect((await enter(kode)).status).toBe(303);
    expect(await galatOf(await enter(kode))).toMatchObject({ status: 401, code: "AUTH_CODE" });
  });

  it("takes a code once where two attempts come at once", async () => {
    const official = await portal.official("kaltim", "pengawas");
    const asked = [cookiesIn(await signIn(official)), cookiesIn(await signIn(official))];
    const kode = await codeNow(official.secret);
    const statuses = await Promise.all(
      asked.map(async (cookie) => (await post("/api/session/code", { kode }, cookie)).status),
    );
    expect(statuses.sort()).toEqual([303, 401]);
  });

  it("does not take the code that set the app up for a sign-in too", async () => {
    const { email, password, cookie } = await newcomer();
    const secret = await setupSecret(cookie);
    const kode = await codeNow(secret);
    expect((await post("/api/account/totp", { kode }, cookie)).status).toBe(303);
    const enter = async (code: string) =>
      post("/api/session/code", { kode: code }, cookiesIn(await signIn({ email, password })));
    expect((await galatOf(await enter(kode))).code).toBe("AUTH_CODE");
    expect((await enter(await codeNow(secret))).status).toBe(303);
  });

  it("takes each recovery code once", async () => {
    const { email, password, cookie } = await newcomer();
    const set = await post(
      "/api/account/totp",
      { kode: await codeNow(await setupSecret(cookie)) },
      cookie,
    );
    const shown = new URL(set.headers.get("location") ?? "", TEST_ORIGIN).searchParams.get(
      "tampil",
    );
    const codes = portal.services.drafts.read(shown ?? "")?.values["kode"] ?? [];
    const enter = async () =>
      post(
        "/api/session/code",
        { kode: codes[3] ?? "" },
        cookiesIn(await signIn({ email, password })),
      );
    expect(await inbox(cookiesIn(await enter()))).toBe(200);
    expect((await galatOf(await enter())).code).toBe("AUTH_CODE");
    const renewed = await post("/api/account/recovery-codes", { sandi: password }, cookie);
    expect(renewed.status).toBe(303);
    const used = await post(
      "/api/session/code",
      { kode: codes[4] ?? "" },
      cookiesIn(await signIn({ email, password })),
    );
    expect((await galatOf(used)).code, "renewing voids the others").toBe("AUTH_CODE");
  });

  it("lets no password alone replace the app, and asks for the password when a session does", async () => {
    const official = await portal.official("kaltim", "pengelola");
    const asked = cookiesIn(await signIn(official));
    expect((await post("/api/account/totp", { kode: "123456" }, asked)).status).toBe(401);
    const secret = await setupSecret(official.cookie);
    const kode = await codeNow(secret);
    const without = await post("/api/account/totp", { kode }, official.cookie);
    expect((await galatOf(without)).perbaikan).toMatchObject([{ field: "sandi" }]);
    const sandi = official.password;
    expect((await post("/api/account/totp", { kode, sandi }, official.cookie)).status).toBe(303);
    const before = await post(
      "/api/session/code",
      { kode: await codeNow(official.secret) },
      cookiesIn(await signIn(official)),
    );
    expect((await galatOf(before)).code, "the old app is void").toBe("AUTH_CODE");
  });

  it("leads back to pages of the workroom only", async () => {
    const official = await portal.official("kaltim", "pengawas");
    for (const ke of [
      "https://lain.test/",
      "//lain.test",
      "/\\lain.test",
      "/masuk/",
      "javascript:1",
    ]) {
      const answer = await post("/api/session", {
        surel: official.email,
        sandi: official.password,
        ke,
      });
      expect(answer.headers.get("location")).toBe("/masuk/kode/?ke=%2Fruang-kerja%2F");
    }
  });
});

describe("the pause after failures", () => {
  it("comes after five wrong passwords or codes together, names its end, and ends by itself", async () => {
    const official = await portal.official("kukar", "kepala-dinas");
    const wrong = { ...official, password: "salah-sekali" };
    for (let turn = 0; turn < 3; turn += 1) await signIn(wrong);
    const asked = cookiesIn(await signIn(official));
    const enter = async (kode: string) => post("/api/session/code", { kode }, asked);
    const code = await wrongCode(official.secret);
    expect((await enter(code)).status, "the right password takes nothing back").toBe(401);
    const fifth = await galatOf(await enter(code));
    expect(fifth).toMatchObject({ status: 429, code: "AUTH_LOCKED" });
    expect(fifth.perbaikan[0]?.pesan).toMatch(/sampai 23 November 2026 pukul 09\.15 WITA/);
    expect((await enter(await codeNow(official.secret))).status).toBe(429);
    expect((await signIn(official)).status).toBe(429);
    expect(await inbox(official.cookie), "who is in stays in").toBe(200);
    portal.clock.advance(15 * 60_000);
    expect((await signIn(official)).status).toBe(303);
    expect(portal.log).toContainEqual({
      event: "sign-in-locked",
      detail: { person: official.person },
    });
  });

  it("treats an address without an account alike, and many guesses at once as many", async () => {
    const unknown = { email: "tidak@ada.go.id", password: "salah-sekali" };
    const answers = await Promise.all(Array.from({ length: 9 }, () => signIn(unknown)));
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(4);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  });
});

describe("sessions", () => {
  it("end after half an hour without use, and after eight hours in any case", async () => {
    const official = await portal.official("kukar", "kepala-bidang");
    portal.clock.advance(29 * 60_000);
    expect(await inbox(official.cookie)).toBe(200);
    portal.clock.advance(29 * 60_000);
    expect(await inbox(official.cookie)).toBe(200);
    portal.clock.advance(30 * 60_000);
    expect(await inbox(official.cookie)).toBe(401);

    const busy = await portal.official("kukar", "kepala-bidang");
    for (let turn = 0; turn < 23; turn += 1) {
      portal.clock.advance(20 * 60_000);
      expect(await inbox(busy.cookie)).toBe(200);
    }
    portal.clock.advance(20 * 60_000);
    expect(await inbox(busy.cookie)).toBe(401);
  });

  it("are listed with their program, and are ended by their owner only", async () => {
    const official = await portal.official("kaltim", "pengawas");
    const other = await portal.official("kaltim", "pengelola");
    const asked = cookiesIn(await signIn(official));
    const second = cookiesIn(
      await portal.fetch("/api/session/code", {
        method: "POST",
        body: new URLSearchParams({ kode: await codeNow(official.secret) }),
        headers: { cookie: asked, "user-agent": "Mozilla/5.0 (Android 15; Mobile) Firefox/140.0" },
      }),
    );
    const own = () => portal.services.account.own(new Headers({ cookie: official.cookie }));
    const { sessions } = await own();
    expect(sessions.map(({ own: mine, program }) => [mine, program])).toContainEqual([
      false,
      "Firefox di Android",
    ]);
    const foreign = sessions.find((session) => !session.own)?.id ?? "";
    const stolen = await post(`/api/account/sessions/${foreign}/end`, {}, other.cookie);
    expect((await galatOf(stolen)).code).toBe("NOT_FOUND");
    expect((await post(`/api/account/sessions/${foreign}/end`, {}, official.cookie)).status).toBe(
      303,
    );
    expect([await inbox(second), await inbox(official.cookie)]).toEqual([401, 200]);
  });
});

describe("a new password", () => {
  it("needs the old one, is no common or own word, and ends the other sessions", async () => {
    const official = await portal.official("kaltim", "pengawas");
    const second = cookiesIn(
      await post(
        "/api/session/code",
        { kode: await codeNow(official.secret) },
        cookiesIn(await signIn(official)),
      ),
    );
    const change = (sandi: string, baru: string, ulang = baru) =>
      post(
        "/api/account/password",
        { sandi, "sandi-baru": baru, "sandi-ulang": ulang },
        official.cookie,
      );
    const good = "perahu kuning di hulu";
    for (const [sandi, baru, ulang, field] of [
      ["salah-sekali", good, good, "sandi"],
      [official.password, "pendek", "pendek", "sandi-baru"],
      [official.password, "p".repeat(129), "p".repeat(129), "sandi-baru"],
      [official.password, "Kaltim2026!", "Kaltim2026!", "sandi-baru"],
      [official.password, "P4ssw0rd123!", "P4ssw0rd123!", "sandi-baru"],
      [official.password, "pengawas-1234", "pengawas-1234", "sandi-baru"],
      [official.password, good, `${good}!`, "sandi-ulang"],
    ] as const) {
      const { perbaikan, code } = await galatOf(await change(sandi, baru, ulang));
      expect([code, perbaikan.map((one) => one.field)], baru).toEqual(["INPUT_INVALID", [field]]);
    }
    expect((await change(official.password, good)).status).toBe(303);
    expect([await inbox(official.cookie), await inbox(second)]).toEqual([200, 401]);
    expect((await signIn(official)).status).toBe(401);
    expect((await signIn({ ...official, password: good })).status).toBe(303);
  });
});

describe("a recovery link", () => {
  const good = "jembatan tua penuh lumut";
  const use = (path: string, sandi = good) =>
    post("/api/session/recover", {
      kode: new URL(path, TEST_ORIGIN).searchParams.get("kode") ?? "",
      "sandi-baru": sandi,
      "sandi-ulang": sandi,
    });

  it("sets a new password once, ends every session and the pause, and keeps the app", async () => {
    const official = await portal.official("kaltim", "administrator");
    for (let turn = 0; turn < 5; turn += 1) await signIn({ ...official, password: "salah-sekali" });
    const order = { person: official.person, by: null, removesSecondFactor: false };
    const first = await portal.services.account.issueRecovery(order);
    const { path } = await portal.services.account.issueRecovery(order);
    expect((await galatOf(await use(first.path))).code, "a newer link ends it").toBe(
      "AUTH_RECOVERY",
    );
    expect((await galatOf(await use(path, "kaltim12345"))).code, "not spent").toBe("INPUT_INVALID");
    expect((await use(path)).headers.get("location")).toBe("/masuk/?pulih=1");
    expect((await galatOf(await use(path))).code).toBe("AUTH_RECOVERY");
    expect(await inbox(official.cookie)).toBe(401);
    const entered = await signIn({ ...official, password: good });
    expect(entered.headers.get("location")).toMatch(/^\/masuk\/kode\//);
    const kept = await portal.deps.db.orm.query.recoveries.findMany();
    const code = new URL(path, TEST_ORIGIN).searchParams.get("kode") ?? "";
    expect(JSON.stringify(kept)).not.toContain(code);
    expect(JSON.stringify(portal.log)).not.toContain(code);
  });

  it("takes the app away where the admin chose so, and holds for an hour", async () => {
    const official = await portal.official("kaltim", "administrator");
    const order = { person: official.person, by: null, removesSecondFactor: true };
    const late = await portal.services.account.issueRecovery(order);
    portal.clock.advance(60 * 60_000);
    expect((await galatOf(await use(late.path))).code).toBe("AUTH_RECOVERY");
    const { path } = await portal.services.account.issueRecovery(order);
    expect((await use(path)).status).toBe(303);
    const entered = await signIn({ ...official, password: good });
    expect(entered.headers.get("location")).toMatch(/^\/ruang-kerja\/akun\/dua-langkah\//);
  });

  it("gives an account that was made without a password its first one", async () => {
    const email = "tanpa.sandi@kaltim.contoh.go.id";
    await createUser(portal.deps, { email, name: "CONTOH Tanpa", password: null });
    expect((await signIn({ email, password: "" })).status).toBe(422);
    expect((await signIn({ email, password: good })).status).toBe(401);
    const person = await personByEmail(portal.deps.db, email);
    const { path } = await portal.services.account.issueRecovery({
      person,
      by: null,
      removesSecondFactor: false,
    });
    expect((await use(path)).status).toBe(303);
    expect((await signIn({ email, password: good })).status).toBe(303);
  });
});

describe("the log of sign-ins", () => {
  it("names persons, never addresses, passwords, codes or secrets", async () => {
    const official = await portal.official("kaltim", "pengawas");
    await signIn({ ...official, password: "salah-sekali" });
    const events = portal.log.map(({ event }) => event);
    for (const event of ["sign-in", "sign-in-failed", "password-changed", "recovery-used"]) {
      expect(events).toContain(event);
    }
    const written = JSON.stringify(portal.log);
    for (const secret of [official.email, official.password, official.secret, "salah-sekali"]) {
      expect(written).not.toContain(secret);
    }
  });
});
