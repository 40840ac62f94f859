/** Letters as files, read back by other programs: poppler for PDF, the zip's own bytes for ODT. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type Block, sheetOf } from "#domain/letters/sheet.ts";
import { DocumentKind } from "#domain/sop/schema.ts";
import { letterOdt, ODT_MIME } from "#functions/letters/odt.ts";
import { letterPdf } from "#functions/letters/pdf.ts";
import { receiptPdf } from "#functions/letters/receipt.ts";
import { checkAttachment } from "#functions/services/documents/check-attachment.ts";
import { sampleLetter } from "#support/sample-letter.ts";

const KINDS = DocumentKind.options;

function ask(program: "pdfinfo" | "pdftotext", pdf: Uint8Array, ...options: string[]): string {
  const output = program === "pdftotext" ? ["-", "-"] : ["-"];
  return execFileSync(program, [...options, ...output], {
    input: pdf,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  });
}

function plain(text: string): string {
  return text.replace(/[\s\u00AD\u200B]/gu, "");
}

function saidBy(pdf: Uint8Array): string {
  const lines = ask("pdfinfo", pdf, "-struct-text").split("\n");
  return plain(lines.flatMap((line) => /^\s*"(.*)"$/.exec(line)?.[1] ?? []).join(""));
}

function wordsOf(block: Block): string[] {
  switch (block.type) {
    case "paragraph":
    case "heading":
      return [block.text];
    case "rows":
      return block.rows.flatMap(({ label, value }) => [label, value]);
    case "list":
      return [...block.items];
    case "table":
      return [...block.head, ...block.rows.flat()];
    case "ticks":
      return [block.lead, ...block.items.map(({ words }) => words)];
  }
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe.each(KINDS)("a letter of kind %s", (kind) => {
  const letter = sampleLetter({ kind, title: `CONTOH ${kind}` });
  const sheet = sheetOf(letter);
  const all = [
    ...sheet.letterhead,
    ...sheet.heading,
    ...sheet.head.map(({ value }) => value),
    ...sheet.to,
    ...sheet.blocks.flatMap(wordsOf),
    ...sheet.signatures.flatMap(({ title, words, name, lines }) => [title, words, name, ...lines]),
    ...sheet.copies,
  ];

  it("is a tagged PDF/UA-1 that says every word of the letter", () => {
    const pdf = letterPdf(letter);
    expect(ask("pdfinfo", pdf)).toMatch(/Tagged:\s+yes/);
    expect(Buffer.from(pdf).toString("latin1")).toContain("pdfuaid:part");
    const said = saidBy(pdf);
    for (const words of all) expect(said, words).toContain(plain(words));
  });

  it("shows in print that it is a sample and nobody signed it", () => {
    expect(ask("pdftotext", letterPdf(letter), "-layout")).toContain(
      "CONTOH – BELUM DITANDATANGANI",
    );
  });

  it("is an OpenDocument text with the same words, headings and tables", async () => {
    const odt = letterOdt(letter);
    expect(await checkAttachment("surat", odt)).toEqual({ mime: ODT_MIME });
    const files = unzipSync(odt);
    expect(Object.keys(files)[0]).toBe("mimetype");
    for (const name of ["content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"]) {
      expect(unclosedIn(strFromU8(files[name] ?? new Uint8Array())), name).toEqual([]);
    }
    const content = strFromU8(files["content.xml"] ?? new Uint8Array());
    expect(content).toContain('office:version="1.3"');
    expect(content).toMatch(/<text:h [^>]*text:outline-level="1"/);
    const text = plain(content.replace(/<[^>]+>/g, "").replaceAll("&quot;", '"'));
    for (const words of all) expect(text, words).toContain(plain(words));
    const defined = strFromU8(files["styles.xml"] ?? new Uint8Array());
    for (const [, style] of content.matchAll(/style-name="([^"]+)"/g)) {
      expect(defined, style).toContain(`style:name="${style}"`);
    }
  });

  it("gives the same bytes for the same letter", () => {
    expect(sha256(letterPdf(letter))).toBe(sha256(letterPdf(structuredClone(letter))));
    expect(sha256(letterOdt(letter))).toBe(sha256(letterOdt(structuredClone(letter))));
  });
});

describe("words of people in a letter", () => {
  const rows = [
    { name: "isi", label: "Isi", value: `😀 <b>&"</b> #let \u0001 $x$ ${"panjang".repeat(40)}` },
  ];

  it("are printed to the letter, a sign that no font has by its code point", () => {
    const said = saidBy(letterPdf(sampleLetter({ kind: "surat-pemberitahuan", rows })));
    expect(said).toContain("[U+1F600]");
    expect(said).toContain(plain('<b>&"</b> #let'));
    expect(said).toContain("panjang".repeat(40));
  });

  it("cannot break out of the OpenDocument text", () => {
    const files = unzipSync(letterOdt(sampleLetter({ kind: "surat-pemberitahuan", rows })));
    const content = strFromU8(files["content.xml"] ?? new Uint8Array());
    expect(content).toContain("&lt;b&gt;&amp;&quot;&lt;/b&gt;");
    expect(content).not.toContain("\u0001");
    expect(unclosedIn(content)).toEqual([]);
  });
});

describe("the receipt", () => {
  it("tells reference, next step, due time and the tracking link", () => {
    const pdf = receiptPdf({
      sample: true,
      agency: { name: "Dinas Contoh", letterhead: ["DINAS CONTOH"] },
      ref: "AB2-CD3-EF4",
      sop: "Restore Contoh",
      work: "Pemulihan (restore)",
      receivedAt: "23 November 2026 pukul 09.00 WITA",
      next: { step: "Disposisi", role: "Kepala Dinas", due: null },
      tracking: "https://sop.contoh.go.id/lacak/?nomor=AB2-CD3-EF4&kode=contoh",
      date: "2026-11-23",
    });
    expect(ask("pdfinfo", pdf)).toMatch(/Tagged:\s+yes/);
    const said = saidBy(pdf);
    for (const words of ["AB2-CD3-EF4", "Kepala Dinas", "nomor=AB2-CD3-EF4&kode=contoh"]) {
      expect(said).toContain(plain(words));
    }
  });
});

/** Elements that are not closed, or closed in the wrong place. */
function unclosedIn(xml: string): string[] {
  const open: string[] = [];
  for (const [, close, name = "", empty] of xml.matchAll(
    /<(\/?)([A-Za-z][\w:-]*)(?:\s[^<>]*?)?(\/?)>/g,
  )) {
    if (empty === "/") continue;
    if (close !== "/") open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [...open, `/${name}`];
  }
  return open;
}
