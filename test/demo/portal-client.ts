import type { RequestView } from "#domain/workflow/view.ts";
import { codeNow, cookiesIn } from "#support/sign-in.ts";

/** One person in front of the portal: signed in by a cookie, or a pemohon with a tracking code. */
export interface Visitor {
  readonly cookie: string | null;
  readonly code: string | null;
}

/** Talks to the portal as a browser or a program would: over HTTP, nothing behind its back. */
export class PortalClient {
  readonly base: string;

  constructor(base: string) {
    this.base = base;
  }

  /** Password, then the code of the authenticator app, as the two forms send them. */
  async signIn(account: {
    readonly email: string;
    readonly password: string;
    readonly totp: string;
  }): Promise<Visitor> {
    const send = async (path: string, form: Record<string, string>, cookie: string) => {
      const answer = await fetch(`${this.base}${path}`, {
        method: "POST",
        redirect: "manual",
        headers: { origin: this.base, cookie },
        body: new URLSearchParams(form),
      });
      const set = cookiesIn(answer);
      if (answer.status !== 303 || set === "") {
        throw new Error(`sign-in of ${account.email} answered ${answer.status}`);
      }
      return set;
    };
    const { email, password, totp } = account;
    const asked = await send("/api/session", { surel: email, sandi: password }, "");
    const cookie = await send("/api/session/code", { kode: await codeNow(totp) }, asked);
    return { cookie, code: null };
  }

  /** Sends the form of an SOP page as a browser does, and reads where it is sent on to. */
  async submit(fields: Readonly<Record<string, string>>): Promise<{ ref: string; code: string }> {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const answer = await fetch(`${this.base}/api/requests`, {
      method: "POST",
      redirect: "manual",
      headers: { origin: this.base, accept: "text/html" },
      body,
    });
    const location = new URL(answer.headers.get("location") ?? "", this.base);
    const ref = location.searchParams.get("nomor");
    const code = location.searchParams.get("kode");
    if (answer.status !== 303 || !ref || !code) {
      throw new Error(`the request was not taken: ${answer.status} ${location.pathname}`);
    }
    return { ref, code };
  }

  async view(visitor: Visitor, ref: string): Promise<RequestView> {
    const query = visitor.code ? `?kode=${encodeURIComponent(visitor.code)}` : "";
    const answer = await fetch(`${this.base}/api/requests/${ref}${query}`, {
      headers: headersOf(visitor),
    });
    return unwrap<RequestView>(answer);
  }

  async decide(
    visitor: Visitor,
    ref: string,
    decision: Readonly<Record<string, unknown>>,
  ): Promise<RequestView> {
    const answer = await fetch(`${this.base}/api/requests/${ref}/decisions`, {
      method: "POST",
      headers: { ...headersOf(visitor), origin: this.base, "content-type": "application/json" },
      body: JSON.stringify(visitor.code ? { ...decision, kode: visitor.code } : decision),
    });
    return unwrap<RequestView>(answer);
  }
}

function headersOf(visitor: Visitor): Record<string, string> {
  return {
    accept: "application/json",
    ...(visitor.cookie ? { cookie: visitor.cookie } : {}),
  };
}

async function unwrap<T>(answer: Response): Promise<T> {
  const body = (await answer.json()) as { data?: T; galat?: { code: string; pesan: string } };
  if (!answer.ok || body.data === undefined) {
    throw new Error(`${answer.status} ${body.galat?.code ?? ""} ${body.galat?.pesan ?? ""}`.trim());
  }
  return body.data;
}
