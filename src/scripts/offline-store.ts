/**
 * Saved copies of SOP pages on the reader's device: one cache a copy, so that deleting one takes all
 * of it and nothing of another. The worker (src/public/luring.js) reads them by the same prefix.
 */
const PREFIX = "luring-1:";
const LIST = "/luring/";
const WORKER = "/luring.js";
/** Where the worker may answer; the rest of the portal never meets it. */
const SCOPES = ["/sop/", LIST];
const SAVED_AT = "x-disimpan";

export interface SavedCopy {
  readonly path: string;
  readonly title: string;
  readonly savedAt: Date;
}

export async function savedCopy(path: string): Promise<SavedCopy | null> {
  const page = await caches.match(path, { cacheName: PREFIX + path, ignoreVary: true });
  if (!page) return null;
  const document = new DOMParser().parseFromString(await page.text(), "text/html");
  return {
    path,
    title: document.querySelector("h1")?.textContent ?? path,
    savedAt: new Date(page.headers.get(SAVED_AT) ?? 0),
  };
}

export async function savedCopies(): Promise<SavedCopy[]> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const paths = names.map((name) => name.slice(PREFIX.length)).filter((path) => path !== LIST);
  const copies = await Promise.all(paths.map(savedCopy));
  return copies.filter((copy) => copy !== null).sort((a, b) => a.title.localeCompare(b.title));
}

/** Throws, and keeps what was saved before, where the network or the room does not suffice. */
export async function saveCopy(path: string, now: Date): Promise<void> {
  const page = await fetchAll(
    path,
    ["sop.json", "sop.pdf"].map((twin) => path + twin),
  );
  const list = await fetchAll(LIST, []);
  await replace(PREFIX + path, page, now);
  await replace(PREFIX + LIST, list, now);
  for (const scope of SCOPES) await navigator.serviceWorker.register(WORKER, { scope });
}

/** With the last copy goes the worker too: the device is as it was before. */
export async function deleteCopy(path: string): Promise<void> {
  await caches.delete(PREFIX + path);
  if ((await savedCopies()).length > 0) return;
  await caches.delete(PREFIX + LIST);
  for (const registration of await navigator.serviceWorker.getRegistrations()) {
    if (registration.active?.scriptURL.endsWith(WORKER)) await registration.unregister();
  }
}

type Fetched = ReadonlyMap<string, Response>;

/** A page with what it needs to look and work as it does now; `extras` only where they are there. */
async function fetchAll(path: string, extras: readonly string[]): Promise<Fetched> {
  const page = await fetchNow(path);
  if (!page) throw new Error("the page does not answer");
  const document = new DOMParser().parseFromString(await page.clone().text(), "text/html");
  const named = document.querySelectorAll(
    'link[rel="stylesheet"], link[rel="icon"], script[type="module"][src]',
  );
  const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
  const parts = new Set([
    ...[...named].map((part) => part.getAttribute("href") ?? part.getAttribute("src") ?? ""),
    ...loaded
      .filter(({ origin, pathname }) => origin === location.origin && pathname.endsWith(".js"))
      .map(({ pathname }) => pathname),
    ...extras,
  ]);
  const fetched = await Promise.all(
    [...parts].map(async (part) => [part, await fetchNow(part)] as const),
  );
  return new Map([
    [path, page],
    ...fetched.filter((entry): entry is [string, Response] => entry[1] !== null),
  ]);
}

/** Null for what is not there. A saved copy is no answer: renewing it offline must fail. */
async function fetchNow(address: string): Promise<Response | null> {
  const response = await fetch(address, { cache: "no-cache" });
  if (response.headers.has(SAVED_AT)) throw new Error("no network");
  return response.ok ? response : null;
}

async function replace(name: string, fetched: Fetched, now: Date): Promise<void> {
  const ready = await Promise.all(
    [...fetched].map(async ([address, response]) => {
      const headers = new Headers(response.headers);
      // The body is kept as it was read: no longer compressed.
      for (const header of ["content-encoding", "content-length"]) headers.delete(header);
      headers.set(SAVED_AT, now.toISOString());
      return [address, new Response(await response.blob(), { headers })] as const;
    }),
  );
  const cache = await caches.open(name);
  for (const [address, response] of ready) await cache.put(address, response);
  for (const request of await cache.keys()) {
    if (!fetched.has(new URL(request.url).pathname)) await cache.delete(request);
  }
}
