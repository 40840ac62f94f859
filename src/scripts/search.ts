/**
 * Results as one types, from the index that was made with the site. Without it, or before it is
 * there, the form asks the server as it does without scripts.
 */
import { factsOf } from "../components/search-facts.ts";

interface Found {
  readonly url: string;
  /** The whole text; the excerpt is a part of it. */
  readonly raw_content: string;
  /** Text with <mark> around what was found; "<" and ">" of the text itself are written as entities. */
  readonly excerpt: string;
  readonly meta: Readonly<Record<string, string>>;
}

interface Pagefind {
  options(options: { ranking: { metaWeights: Record<string, number> } }): Promise<void>;
  init(): Promise<void>;
  search(
    text: string,
    options: { filters: Record<string, string> },
  ): Promise<{ results: { data(): Promise<Found> }[] }>;
}

const KINDS = ["SOP", "Layanan", "Peraturan", "Istilah", "Panduan", "PPID"];
/** As the server has them. */
const WEIGHTS = { title: 6, number: 4, names: 4, agency: 2, status: 0 };
const OF_EACH_KIND = 5;
const OF_ONE_KIND = 30;
const PAUSE_MS = 200;
const NO_WORD = /[^\p{L}\p{N}]+/gu;
const INDEX = "/pagefind/pagefind.js";

const byId = (id: string): HTMLElement | null => document.getElementById(id);
const form = document.querySelector<HTMLFormElement>(".search-form");
const list = byId("hasil");
const told = byId("hasil-jumlah");
let index: Promise<Pagefind> | null = null;
let newest = 0;
let timer = 0;

function open(): Promise<Pagefind> {
  index ??= import(/* @vite-ignore */ INDEX).then(async (made: Pagefind) => {
    await made.options({ ranking: { metaWeights: WEIGHTS } });
    await made.init();
    return made;
  });
  return index;
}

async function show(): Promise<void> {
  if (!form || !list || !told) return;
  const asked = ++newest;
  const given = [...new FormData(form)].map(([name, value]) => [name, String(value).trim()]);
  const query = Object.fromEntries(given.filter(([, value]) => value !== ""));
  const { q = "", jenis, instansi } = query;
  const kinds = jenis ? [jenis] : KINDS;
  const found = await open();
  const groups = await Promise.all(
    kinds.map(async (kind) => {
      const filters: Record<string, string> = instansi
        ? { jenis: kind, instansi }
        : { jenis: kind };
      const { results } = q === "" ? { results: [] } : await found.search(q, { filters });
      const best = results.slice(0, jenis ? OF_ONE_KIND : OF_EACH_KIND);
      const read = await Promise.all(best.map((one) => one.data()));
      const hits = read.filter((hit) => isMeant(hit, q));
      // The worst come last: behind one that is not meant there are no better ones.
      const count = hits.length < read.length ? hits.length : results.length;
      return { kind, count, hits };
    }),
  );
  // Answers may overtake each other; only the newest question is answered.
  if (asked !== newest) return;
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  list.replaceChildren(...groups.filter(({ count }) => count > 0).map(group));
  told.textContent = q === "" ? "" : `${total || "Tidak ada"} hasil untuk “${q}”.`;
  byId("hasil-kosong")?.toggleAttribute("hidden", q === "" || total > 0);
  byId("hasil-awal")?.toggleAttribute("hidden", q !== "");
  const search = new URLSearchParams(query).toString();
  history.replaceState(null, "", search === "" ? location.pathname : `?${search}`);
}

/**
 * For a word that it does not know Pagefind takes the longest beginning that it knows, be it one
 * letter. Such a hit is none, unless that letter was asked for.
 */
function isMeant({ excerpt }: Found, q: string): boolean {
  const asked = q.toLowerCase().split(NO_WORD);
  const found = [...excerpt.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, word = ""]) =>
    word.toLowerCase().replace(NO_WORD, ""),
  );
  return found.length === 0 || found.some((word) => word.length > 2 || asked.includes(word));
}

function copyOf(id: string): Element {
  const made = byId(id) as HTMLTemplateElement;
  return (made.content.cloneNode(true) as DocumentFragment).children[0] as Element;
}

function group({ kind, count, hits }: { kind: string; count: number; hits: Found[] }): Element {
  const made = copyOf("cetakan-kelompok");
  const [title, items, rest] = made.children;
  const number = document.createElement("span");
  number.textContent = `(${count})`;
  title?.append(`${kind} `, number);
  if (title) title.id = `hasil-${kind}`;
  made.setAttribute("aria-labelledby", `hasil-${kind}`);
  items?.append(...hits.map(result));
  if (rest && count > hits.length)
    rest.textContent = `Ditampilkan ${hits.length} yang paling sesuai.`;
  else rest?.remove();
  return made;
}

function result({ url, raw_content, excerpt, meta }: Found): Element {
  const made = copyOf("cetakan-hasil");
  const link = made.querySelector("a");
  if (link) {
    link.href = url;
    link.textContent = meta.title ?? url;
  }
  const [facts, words] = made.querySelectorAll("p");
  if (facts) facts.textContent = factsOf(meta);
  const pieces = excerpt.split(/<\/?mark>/);
  const plain = pieces.join("");
  if (!raw_content.startsWith(plain)) words?.append("… ");
  // Every second piece was found. Text only: nothing of the content is ever read as HTML.
  pieces.forEach((piece, at) => {
    const text = piece.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
    const node = at % 2 === 1 ? document.createElement("mark") : document.createTextNode("");
    node.textContent = text;
    words?.append(node);
  });
  if (!raw_content.endsWith(plain)) words?.append(" …");
  return made;
}

form?.addEventListener("focusin", () => void open().catch(() => undefined), { once: true });
form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = window.setTimeout(() => void show().catch(() => undefined), PAUSE_MS);
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  show().then(
    () => told?.focus(),
    () => form.submit(),
  );
});
