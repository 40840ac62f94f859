import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import { sopText } from "#catalog/search-entries.ts";
import { linkTerms, type TermIndex, termIndex, termsIn } from "#domain/sop/terms.ts";
import { linkHtml } from "../../src/components/link-html.ts";

const content = join(import.meta.dirname, "..", "..", "content");
const index = termIndex([
  { id: "permohonan", forms: ["permohonan"] },
  { id: "surat-permohonan", forms: ["surat permohonan"] },
  { id: "kapasitas", forms: ["a.n.", "Plt."] },
  { id: "opd", forms: ["OPD", "perangkat daerah"] },
]);
const marked = (text: string, seen: readonly string[] = [], most?: number): string =>
  linkTerms(text, index, new Set(seen), most)
    .map((one) => (one.term === null ? one.text : `[${one.text}|${one.term}]`))
    .join("");

describe("glossary terms in a text", () => {
  test("are found as whole words, in capitals or not, by any of their forms", () => {
    expect(marked("Kepala OPD; setiap perangkat Daerah.")).toBe(
      "Kepala [OPD|opd]; setiap perangkat Daerah.",
    );
    expect(marked("Tiap perangkat\n Daerah")).toBe("Tiap [perangkat\n Daerah|opd]");
    expect(marked("OPDX, KOPD, permohonannya, SOPD")).toBe("OPDX, KOPD, permohonannya, SOPD");
    expect(marked("oleh Plt. Kepala, a.n. Bupati; aXnX")).toBe(
      "oleh [Plt.|kapasitas] Kepala, a.n. Bupati; aXnX",
    );
  });

  test("are the longest that fit", () => {
    expect(marked("Surat Permohonan, permohonan")).toBe(
      "[Surat Permohonan|surat-permohonan], [permohonan|permohonan]",
    );
  });

  test("are taken once, not where they were seen before, and no more than allowed", () => {
    expect(marked("OPD dan OPD")).toBe("[OPD|opd] dan OPD");
    expect(marked("OPD, permohonan", ["opd"])).toBe("OPD, [permohonan|permohonan]");
    expect(marked("OPD, permohonan, Plt.", [], 2)).toBe("[OPD|opd], [permohonan|permohonan], Plt.");
    expect(marked("OPD", [], 0)).toBe("OPD");
  });

  test("leave the text as it is, to the letter", () => {
    const pieces = fc.constantFrom("OPD", "surat ", "Permohonan", "a.n.", " ", "\n", "é", "x", ".");
    fc.assert(
      fc.property(fc.array(pieces), fc.nat(3), (parts, most) => {
        const text = parts.join("");
        const segments = linkTerms(text, index, new Set(), most);
        expect(segments.map((one) => one.text).join("")).toBe(text);
        expect(segments.every((one) => one.text !== "")).toBe(true);
      }),
    );
  });

  test("are none where the glossary is empty", () => {
    expect(linkTerms("OPD", termIndex([]), new Set())).toEqual([{ text: "OPD", term: null }]);
  });
});

describe("glossary terms in rendered Markdown", () => {
  const link = (text: string) => linkTerms(text, index, new Set());

  test("are linked in text, never in links, code, headings or tags", () => {
    const html =
      '<h2 id="opd">OPD</h2><p title="OPD"><a href="/x/">OPD <b>OPD</b></a> <code>OPD</code> OPD</p>';
    expect(linkHtml(html, link)).toBe(
      html.replace("> OPD<", '> <a class="term-link" href="/istilah/#opd">OPD</a><'),
    );
  });

  test("leave entities and all else as they are", () => {
    const html = "<p>A &lt;b&gt; &amp; C<br>\n<img src='x' alt='OPD'></p>\n";
    expect(linkHtml(html, link)).toBe(html);
  });
});

describe("the glossary of this portal", () => {
  let catalog: Catalog;
  let all: TermIndex;
  let linked: TermIndex;
  beforeAll(async () => {
    catalog = await loadCatalog(content);
    const forms = [...catalog.terms.values()].map((term) => ({
      ...term,
      forms: [term.istilah, ...term.lain],
    }));
    all = termIndex(forms);
    linked = termIndex(forms.filter(({ tautkan }) => tautkan));
  });

  test("gives every form to one term only", () => {
    const forms = [...catalog.terms.values()].flatMap(({ istilah, lain }) => [istilah, ...lain]);
    expect(all.ids.size).toBe(forms.length);
  });

  test("does not link everyday words of SOPs", () => {
    for (const { sop } of catalog.sops.values()) {
      const found = termsIn(sopText(sop), linked);
      for (const common of ["langkah", "output", "laporan", "waktu-baku", "sop"]) {
        expect(found.has(common), `${sop.slug} ${common}`).toBe(false);
      }
      expect(found.has("restore"), sop.slug).toBe(true);
    }
  });
});
