/**
 * News of what the page shows. A part that somebody types in or stands in is never taken from under
 * them: they are told instead. While the page is out of sight nothing is listened to, since a browser
 * opens only a few connections at once to one server.
 */
import { showProgress } from "./job-progress.ts";

/** Several changes at once are shown once. */
const SETTLE_MS = 300;
/** How long it is told that the page was renewed. */
const TOLD_MS = 10_000;

const host = document.querySelector<HTMLElement>("[data-live-stream]");
const parts = () => [...document.querySelectorAll<HTMLElement>("[data-live]")];
/** As the server sent them: what scripts and readers did to them since does not count as a change. */
const sent = new Map(parts().map((part) => [part.id, part.innerHTML]));
/** The form was refused, and what was typed stands in it as if the server had put it there. */
const kept = new URL(location.href).searchParams.has("draf");
let source: EventSource | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

if (host) {
  addEventListener("pagehide", close);
  addEventListener("pageshow", ({ persisted }) => persisted && reopen());
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : reopen()));
  if (!document.hidden) open(host);
}

function open(at: HTMLElement): void {
  close();
  let broken = false;
  source = new EventSource(at.dataset["liveStream"] ?? "");
  source.addEventListener("progress", ({ data }) => showProgress(document, JSON.parse(data)));
  source.addEventListener("changed", later);
  source.addEventListener("error", () => {
    broken = true;
  });
  source.addEventListener("open", () => {
    if (broken) later();
    broken = false;
  });
}

function close(): void {
  source?.close();
  source = null;
}

function reopen(): void {
  if (!host || source) return;
  open(host);
  later();
}

function later(): void {
  clearTimeout(timer);
  timer = setTimeout(() => host && refresh(host).catch(() => undefined), SETTLE_MS);
}

async function refresh(at: HTMLElement): Promise<void> {
  const address = new URL(location.href);
  address.searchParams.delete("draf");
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return tell(at, "Ada perubahan.");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const news: string[] = [];
  let held = false;
  for (const part of parts()) {
    const fresh = page.getElementById(part.id);
    if (!fresh || fresh.innerHTML === sent.get(part.id)) continue;
    if (inUse(part)) {
      held = true;
      continue;
    }
    replace(part, fresh);
    news.push(fresh.dataset["liveNews"] ?? "");
  }
  if (held) return tell(at, "Ada perubahan. Isian Anda belum dikirim dan tetap di sini.");
  if (news.length === 0) return;
  const said = `Halaman diperbarui. ${news.join(" ")}`.trim();
  at.textContent = said;
  setTimeout(() => at.textContent === said && at.replaceChildren(), TOLD_MS);
}

function replace(part: HTMLElement, fresh: HTMLElement): void {
  sent.set(part.id, fresh.innerHTML);
  const opened = [...part.querySelectorAll("details[open]")].map(({ id }) => id);
  const link = part.contains(document.activeElement)
    ? document.activeElement?.getAttribute("href")
    : null;
  part.replaceChildren(...fresh.childNodes);
  for (const id of opened) if (id) document.getElementById(id)?.setAttribute("open", "");
  if (link)
    part.querySelector<HTMLElement>(`[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true });
}

/** Somebody typed here, or stands on something that would go. */
function inUse(part: HTMLElement): boolean {
  const fields = [...part.querySelectorAll<HTMLInputElement>("input, textarea, select")];
  const active = document.activeElement;
  const standing = part.contains(active) && !active?.matches("a");
  return standing || fields.some((field) => kept || changed(field));
}

function changed(field: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): boolean {
  if (field instanceof HTMLSelectElement) {
    const given = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(0, given);
  }
  if (field.type === "checkbox" || field.type === "radio") {
    return (field as HTMLInputElement).checked !== (field as HTMLInputElement).defaultChecked;
  }
  return field.type !== "hidden" && field.value !== field.defaultValue;
}

function tell(at: HTMLElement, what: string): void {
  const link = document.createElement("a");
  link.href = location.pathname + location.search;
  link.textContent = "Muat ulang";
  at.replaceChildren(`${what} `, link);
}
