/** A letter as a tagged PDF (PDF/UA-1). The same letter gives the same bytes. */
import { renderSVG } from "uqr";
import type { Letter } from "#domain/letters/letter.ts";
import { type Sheet, type Signature, sheetOf } from "#domain/letters/sheet.ts";
import { pdfOf } from "../../src/typst/compile.ts";
import { type AboutFile, aboutLetter } from "./about-file.ts";
import { linesOf, linesOfBlock, printed, rowLines } from "./printable.ts";

const TEMPLATES = {
  surat: "letter-korespondensi.typ",
  nota: "letter-korespondensi.typ",
  judul: "letter-judul.typ",
  disposisi: "letter-disposisi.typ",
} as const;

export function letterPdf(letter: Letter): Uint8Array<ArrayBuffer> {
  return sheetPdf(sheetOf(letter), aboutLetter(letter));
}

/** Any sheet; `about` stands in the file's metadata and names it in messages. */
export function sheetPdf(sheet: Sheet, about: AboutFile): Uint8Array<ArrayBuffer> {
  const data = {
    shape: sheet.shape,
    title: about.title,
    agency: about.author,
    mark: sheet.mark,
    // One word is enough behind the text; the rest stands in the header.
    watermark: (sheet.mark ?? "").split(" – ")[0] ?? "",
    letterhead: sheet.letterhead,
    contact: sheet.contact,
    heading: sheet.heading.map(linesOf),
    dateline: linesOf(sheet.dateline),
    head: sheet.head.map(rowLines),
    to: sheet.to.map(linesOf),
    blocks: sheet.blocks.map(linesOfBlock),
    signatures: sheet.signatures.map(signatureLines),
    initials: sheet.initials.map(linesOf),
    copies: sheet.copies.map(linesOf),
    check: sheet.check && checkOf(sheet.check),
    foot: sheet.foot,
  };
  const template = TEMPLATES[sheet.shape];
  return new Uint8Array(
    printed(data, (given) => pdfOf({ template, data: given, name: about.title }, about.date)),
  );
}

function signatureLines({ party, title, words, signed, name, lines }: Signature) {
  return {
    party: party === null ? null : linesOf(party),
    title: linesOf(title),
    words: linesOf(words),
    signed,
    name: linesOf(name),
    lines: lines.map(linesOf),
  };
}

function checkOf({ address, words }: NonNullable<Sheet["check"]>) {
  return {
    qr: renderSVG(address, { border: 0 }),
    alt: `Kode QR yang membuka ${address}`,
    words: words.map(linesOf),
  };
}
