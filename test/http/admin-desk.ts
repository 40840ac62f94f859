/** An admin of the portal and what they do by forms, for the tests of the routes. */
import { randomUUID } from "node:crypto";
import { createUser } from "#functions/services/people/create-user.ts";
import { grantAdmin } from "#functions/services/people/grant-admin.ts";
import { enrolTotp } from "#functions/services/people/second-factor.ts";
import type { Official, TestPortal } from "#support/server.ts";
import { codeNow, cookiesIn } from "#support/sign-in.ts";
import { postJson } from "./office.ts";

/** A signed-in person who holds no position. */
export async function openAccount(portal: TestPortal, name: string): Promise<Official> {
  const email = `${randomUUID()}@contoh.go.id`;
  const password = randomUUID();
  const { person } = await createUser(portal.deps, { email, name, password });
  const { secret } = await enrolTotp(portal.deps, { person, email });
  const send = async (path: string, form: Record<string, string>, cookie = ""): Promise<string> =>
    cookiesIn(
      await portal.fetch(path, {
        method: "POST",
        body: new URLSearchParams(form),
        headers: { cookie },
      }),
    );
  const challenge = await send("/api/session", { surel: email, sandi: password });
  const cookie = await send("/api/session/code", { kode: await codeNow(secret) }, challenge);
  return { person, email, password, secret, cookie };
}

export async function openAdmin(portal: TestPortal): Promise<Official> {
  const admin = await openAccount(portal, "CONTOH Admin");
  await grantAdmin(portal.deps, { email: admin.email, by: null });
  return admin;
}

export function post(
  portal: TestPortal,
  who: Pick<Official, "cookie"> | null,
  path: string,
  body: unknown = {},
): Promise<Response> {
  return postJson(portal, path, body, who ? { cookie: who.cookie } : {});
}

/** What a request of a signed-in person is answered. */
export async function get<T>(
  portal: TestPortal,
  who: Pick<Official, "cookie">,
  path: string,
): Promise<T> {
  const answer = await portal.fetch(path, { headers: { cookie: who.cookie } });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { data: T }).data;
}
