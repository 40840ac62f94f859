/**
 * Serves saved SOP pages where there is no network; with network every answer comes from there. It is
 * registered when a reader saves a page, never before. The name is shared with offline-store.ts; a
 * new number drops what older workers kept.
 */
const PREFIX = "luring-1:";
const LIST = "/luring/";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(dropOlder()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  event.respondWith(fetch(request).catch((failure) => saved(request, pathname, failure)));
});

async function dropOlder() {
  for (const name of await caches.keys()) {
    if (name.startsWith("luring-") && !name.startsWith(PREFIX)) await caches.delete(name);
  }
}

async function saved({ mode }, pathname, failure) {
  const found = await caches.match(pathname, { ignoreVary: true });
  if (mode !== "navigate" && !found) throw failure;
  if (mode !== "navigate" || pathname === LIST) return found ?? Response.error();
  if (found)
    return withNote(
      found,
      `Salinan luring, disimpan ${dateOf(found)}. SOP dapat sudah berubah.`,
      200,
    );
  const list = await caches.match(LIST, { ignoreVary: true });
  if (!list) throw failure;
  return withNote(list, "Tidak ada jaringan, dan halaman yang dituju belum disimpan.", 503);
}

function dateOf(response) {
  const form = { dateStyle: "long", timeStyle: "short" };
  return new Date(response.headers.get("x-disimpan")).toLocaleString("id-ID", form);
}

async function withNote(page, words, status) {
  const { headers } = page;
  if (!headers.get("content-type")?.startsWith("text/html")) return page;
  const note = `<div class="wrap"><p class="note offline" role="status">${words}</p></div>`;
  const html = (await page.text()).replace(/<main[^>]*>/, (main) => main + note);
  return new Response(html, { status, headers });
}
