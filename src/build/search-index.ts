import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CustomRecord, close, createIndex } from "pagefind";
import type { SearchEntry } from "../catalog/search-entry.ts";
import type { BuildStep } from "./steps.ts";

/** What Pagefind lays down for interfaces that are not ours, and for pages in no language. */
const UNUSED = [
  ...["pagefind-ui.js", "pagefind-ui.css", "pagefind-modular-ui.js", "pagefind-modular-ui.css"],
  ...["pagefind-component-ui.js", "pagefind-component-ui.css", "pagefind-highlight.js"],
  "wasm.unknown.pagefind",
];

/** The index that browsers search in: Pagefind, whose Indonesian stems meet "pencadangan" and "cadangan". */
export const searchIndex: BuildStep = {
  name: "search",
  async run({ client }) {
    // Only this file lies there: the page itself is made on demand.
    const handedOver = join(client, "cari");
    const text = await readFile(join(handedOver, "isi.json"), "utf8");
    await rm(handedOver, { recursive: true });
    const entries = JSON.parse(text) as SearchEntry[];
    try {
      await write(entries, join(client, "pagefind"));
    } finally {
      await close();
    }
    return `${entries.length} entries`;
  },
};

async function write(entries: readonly SearchEntry[], outputPath: string): Promise<void> {
  const made = await createIndex();
  if (!made.index) throw new Error(`pagefind: ${made.errors.join("; ")}`);
  const { index } = made;
  const added = await Promise.all(entries.map((entry) => index.addCustomRecord(recordOf(entry))));
  const written = await index.writeFiles({ outputPath });
  const errors = [...added, written].flatMap((answer) => answer.errors);
  if (errors.length > 0) throw new Error(`pagefind: ${errors.join("; ")}`);
  await Promise.all(UNUSED.map((name) => rm(join(outputPath, name), { force: true })));
}

/** Title, names and number stand apart from the body: they weigh more and are in no excerpt. */
function recordOf(entry: SearchEntry): CustomRecord {
  const { href, kind, title, names, agency, number, status, body } = entry;
  const meta = { title, names: names.join(". "), agency, number, status };
  const filters = { jenis: kind, instansi: agency, status };
  const known = (facts: Readonly<Record<string, string | null>>): [string, string][] =>
    Object.entries(facts).filter((fact): fact is [string, string] => !!fact[1]);
  return {
    url: href,
    content: body,
    language: "id",
    meta: Object.fromEntries(known(meta)),
    filters: Object.fromEntries(known(filters).map(([name, value]) => [name, [value]])),
  };
}
