import MiniSearch from "minisearch";
import type { Catalog } from "#catalog/load.ts";
import { searchEntries } from "#catalog/search-entries.ts";
import { SEARCH_KINDS, type SearchEntry, type SearchKind } from "#catalog/search-entry.ts";
import { excerptOf, type Segment } from "./excerpt.ts";
import { askedWords, stemOf, wordsOf } from "./words.ts";

export interface SearchQuery {
  readonly text: string;
  /** Null: all kinds, each with its best few. */
  readonly kind: SearchKind | null;
  /** Short name of an agency. */
  readonly agency: string | null;
}

export interface SearchHit extends Omit<SearchEntry, "names" | "body"> {
  readonly excerpt: readonly Segment[];
}

export interface SearchGroup {
  readonly kind: SearchKind;
  /** All that was found of this kind; `hits` are the best of them. */
  readonly count: number;
  readonly hits: readonly SearchHit[];
}

export interface SearchView {
  /** What was looked for, cut to what is taken. */
  readonly text: string;
  readonly total: number;
  readonly groups: readonly SearchGroup[];
}

const TEXT_MAX = 100;
/** Also the figures of the search in the browser. */
const OF_EACH_KIND = 5;
const OF_ONE_KIND = 30;
const CHUNK = 25;
/** Shorter words would meet nearly everything. */
const FUZZY_FROM = 5;
const PREFIX_FROM = 3;

interface Indexed {
  readonly entries: readonly SearchEntry[];
  readonly index: MiniSearch;
}

/** Search for readers without JavaScript. The index is made when the first of them asks, and kept. */
export function createSearch({ catalog }: { readonly catalog: Catalog }) {
  let made: Promise<Indexed> | null = null;
  return async ({ text, kind, agency }: SearchQuery): Promise<SearchView> => {
    const asked = text.trim().replace(/\s+/g, " ").slice(0, TEXT_MAX);
    const words = askedWords(asked);
    if (words.length === 0) return { text: asked, total: 0, groups: [] };
    made ??= indexOf(catalog);
    const { entries, index } = await made;
    const wanted = (id: number): boolean => {
      const entry = entries[id];
      return (
        (kind === null || entry?.kind === kind) && (agency === null || entry?.agency === agency)
      );
    };
    const look = (some: readonly string[], combineWith: "AND" | "OR") =>
      index.search(
        { combineWith, queries: some.map((word) => ({ combineWith: "OR", queries: forms(word) })) },
        { filter: ({ id }) => wanted(id) },
      );
    const all = look(words, "AND");
    // A word that stands nowhere must not hide what the others find; one or two letters find nothing.
    const telling = words.filter((word) => word.length >= PREFIX_FROM);
    const results = all.length > 0 ? all : look(telling, "OR");
    const groups = SEARCH_KINDS.map((one): SearchGroup => {
      const own = results.filter(({ id }) => entries[id]?.kind === one);
      const best = own.slice(0, kind === null ? OF_EACH_KIND : OF_ONE_KIND);
      return {
        kind: one,
        count: own.length,
        hits: best.flatMap(({ id, terms }) => {
          const entry = entries[id];
          return entry ? [hitOf(entry, new Set(terms))] : [];
        }),
      };
    });
    return { text: asked, total: results.length, groups: groups.filter(({ count }) => count > 0) };
  };
}

/**
 * The stem, and the word as it stands: its beginning finds it, and "disposisi", whose stem is cut
 * too short, meets "mendisposisikan".
 */
function forms(word: string): string[] {
  return [...new Set([stemOf(word), word])];
}

function hitOf(entry: SearchEntry, terms: ReadonlySet<string>): SearchHit {
  const { names: _, body, ...shown } = entry;
  return { ...shown, excerpt: excerptOf(body, terms) };
}

async function indexOf(catalog: Catalog): Promise<Indexed> {
  const entries = searchEntries({
    sops: [...catalog.sops.values()],
    laws: [...catalog.laws.values()],
    terms: [...catalog.terms.values()],
    guides: [...catalog.guides.values()],
    services: [...catalog.services.values()],
    listed: [...catalog.listed.values()],
    agencies: catalog.agencies,
  });
  const index = new MiniSearch({
    fields: ["title", "number", "names", "agency", "body"],
    tokenize: wordsOf,
    processTerm: forms,
    searchOptions: {
      boost: { title: 6, number: 4, names: 4, agency: 2 },
      processTerm: (word) => word,
      prefix: (word) => word.length >= PREFIX_FROM,
      fuzzy: (word) => (word.length >= FUZZY_FROM ? 0.2 : false),
    },
  });
  const documents = entries.map(({ names, ...entry }, id) => ({
    ...entry,
    id,
    names: names.join(". "),
  }));
  await index.addAllAsync(documents, { chunkSize: CHUNK });
  return { entries, index };
}
