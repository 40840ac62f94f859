/** Signs in with a passkey, and adds one: the browser itself asks its holder, so a script must call it. */
import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";

const area = document.querySelector<HTMLElement>("[data-kunci-sandi]");
if (area && browserSupportsWebAuthn()) {
  area.hidden = false;
  const adds = area instanceof HTMLFormElement;
  area.addEventListener(adds ? "submit" : "click", (event) => {
    if (!adds && !(event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    void go(adds ? () => add(area) : () => signIn(area));
  });
}

async function go(work: () => Promise<string>): Promise<void> {
  const status = area?.querySelector("[role=status]");
  const button = area?.querySelector("button");
  if (!status || !button) return;
  button.disabled = true;
  status.textContent = "Menunggu kunci sandi …";
  try {
    location.assign(await work());
  } catch (error) {
    button.disabled = false;
    status.textContent =
      error instanceof Refusal
        ? error.message
        : "Kunci sandi tidak terbaca atau dibatalkan. Coba lagi, atau pakai cara lain.";
  }
}

async function signIn(place: HTMLElement): Promise<string> {
  const ask = await answer<Ask<typeof startAuthentication>>("/api/session/passkey");
  const response = await startAuthentication({ optionsJSON: ask });
  return (await sent("/api/session/passkey", { response, ke: place.dataset["ke"] })).location;
}

async function add(form: HTMLFormElement): Promise<string> {
  const fields = new FormData(form);
  const ask = await answer<Ask<typeof startRegistration>>("/api/account/passkeys/ask", {
    method: "POST",
    body: fields,
  });
  const response = await startRegistration({ optionsJSON: ask });
  return (await sent("/api/account/passkeys", { response, nama: fields.get("nama") })).location;
}

type Ask<Start extends (options: never) => unknown> = Parameters<Start>[0] extends {
  optionsJSON: infer Options;
}
  ? Options
  : never;

function sent(path: string, body: unknown): Promise<{ location: string }> {
  return answer(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** A sentence of the server for the person. */
class Refusal extends Error {}

async function answer<T>(path: string, init: RequestInit = {}): Promise<T> {
  const headers = { accept: "application/json", ...init.headers };
  const response = await fetch(path, { ...init, headers });
  const body = (await response.json()) as {
    data?: T;
    galat?: { pesan: string; perbaikan: { pesan: string }[] };
  };
  if (body.data !== undefined) return body.data;
  throw new Refusal(body.galat?.perbaikan[0]?.pesan ?? body.galat?.pesan ?? "");
}
