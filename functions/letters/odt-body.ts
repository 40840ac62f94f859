/** The words of a sheet as paragraphs, headings, lists and tables of an OpenDocument text. */
import type { Block, Sheet, SheetRow, Signature } from "#domain/letters/sheet.ts";
import { xml, xmlLines } from "./odt-xml.ts";

export function bodyXml(sheet: Sheet): string {
  const tables = tableMaker();
  const letter = sheet.shape === "surat";
  const rows = (of: readonly SheetRow[]) =>
    tables.rows(of.map(({ label, value }) => [label, value]));
  return [
    ...(sheet.mark === null ? [] : [p("Mark", sheet.mark)]),
    ...sheet.letterhead.map((line, at) =>
      p(at + 1 === sheet.letterhead.length ? "KopName" : "Kop", line),
    ),
    ...sheet.contact.map((line) => p("KopContact", line)),
    p("KopRule", ""),
    ...sheet.heading.map((line, at) => (at === 0 ? h(1, "Title", line) : p("Centred", line))),
    ...(letter ? [p("Right", sheet.dateline), ...letterHead(sheet, rows)] : []),
    ...(sheet.shape === "nota" ? [rows(sheet.head)] : []),
    ...sheet.blocks.flatMap((block) => blockXml(block, tables, rows)),
    ...(letter || sheet.shape === "nota" ? [] : [p("Right", sheet.dateline)]),
    ...sheet.signatures.flatMap(signatureXml),
    ...(sheet.initials.length > 0 ? [p("Text", "Paraf:"), list(sheet.initials)] : []),
    ...(sheet.copies.length > 0 ? [p("Text", "Tembusan:"), list(sheet.copies)] : []),
    ...(sheet.check?.words ?? []).map((line) => p("Small", line)),
    p("Small", "Salinan untuk disunting. Naskah yang diperiksa keasliannya ialah berkas PDF."),
  ].join("");
}

/** A surat dinas has no title: what it is about is its heading. */
function letterHead({ head, to }: Sheet, rows: (of: readonly SheetRow[]) => string): string[] {
  const subject = head.at(-1);
  return [
    rows(head.slice(0, -1)),
    ...(subject ? [h(1, "Subject", `${subject.label}: ${subject.value}`)] : []),
    ...["Yth.", ...to, "di tempat"].map((line) => p("Address", line)),
  ];
}

function blockXml(
  block: Block,
  tables: ReturnType<typeof tableMaker>,
  rows: (of: readonly SheetRow[]) => string,
): string[] {
  switch (block.type) {
    case "paragraph":
      return [p("Text", block.text)];
    case "heading":
      return [h(2, "Heading", block.text)];
    case "rows":
      return block.rows.length > 0 ? [rows(block.rows)] : [];
    case "list":
      return [list(block.items)];
    case "table":
      return [tables.headed(block.head, block.rows)];
    case "ticks":
      return [
        p("Text", block.lead),
        ...block.items.map(({ words, ticked }) =>
          p("Text", `${ticked ? "☑" : "☐"} ${words}${ticked ? " (dipilih)" : ""}`),
        ),
      ];
  }
}

function signatureXml({ party, title, words, name, lines }: Signature): string[] {
  return [
    ...(party === null ? [] : [p("SignName", party)]),
    p("Sign", title),
    p("Sign", words),
    p("SignName", name),
    ...lines.map((line) => p("Sign", line)),
  ];
}

/** Tables need names of their own within a document. */
function tableMaker() {
  let count = 0;
  const table = (inner: string): string => {
    count += 1;
    return `<table:table table:name="Tabel${count}" table:style-name="Table">${inner}</table:table>`;
  };
  const cells = (of: readonly string[], cell: string, style: string): string =>
    of
      .map(
        (words) =>
          `<table:table-cell table:style-name="${cell}" office:value-type="string">${p(style, words)}</table:table-cell>`,
      )
      .join("");
  const row = (of: readonly string[], cell: string, style: string): string =>
    `<table:table-row>${cells(of, cell, style)}</table:table-row>`;
  return {
    rows: (of: readonly (readonly [string, string])[]): string =>
      table(
        `<table:table-column table:style-name="Label"/><table:table-column table:style-name="Value"/>${of.map((one) => row(one, "Bare", "Cell")).join("")}`,
      ),
    headed: (head: readonly string[], of: readonly (readonly string[])[]): string =>
      table(
        `<table:table-column table:number-columns-repeated="${head.length}"/><table:table-header-rows>${row(head, "Framed", "CellHead")}</table:table-header-rows>${of.map((one) => row(one, "Framed", "Cell")).join("")}`,
      ),
  };
}

function p(style: string, text: string): string {
  return `<text:p text:style-name="${style}">${xmlLines(text)}</text:p>`;
}

function h(level: number, style: string, text: string): string {
  return `<text:h text:style-name="${style}" text:outline-level="${level}">${xml(text)}</text:h>`;
}

function list(items: readonly string[]): string {
  const inner = items.map((item) => `<text:list-item>${p("Text", item)}</text:list-item>`).join("");
  return `<text:list text:style-name="Numbered">${inner}</text:list>`;
}
