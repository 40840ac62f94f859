/** Page, paragraphs and tables of a letter in OpenDocument; measures as in its PDF. */
import type { Sheet } from "#domain/letters/sheet.ts";
import { NAMESPACES, xml } from "./odt-xml.ts";

const FONT = "Arimo, Liberation Sans, Arial";

export function stylesXml({ shape, foot }: Pick<Sheet, "shape" | "foot">): string {
  const half = shape === "disposisi";
  const page = half
    ? 'fo:page-width="165mm" fo:page-height="215mm" fo:margin="14mm"'
    : 'fo:page-width="210mm" fo:page-height="297mm" fo:margin-top="18mm" fo:margin-bottom="20mm" fo:margin-left="25mm" fo:margin-right="25mm"';
  const size = half ? "9.5pt" : "11pt";
  return `<?xml version="1.0" encoding="UTF-8"?>
<office:document-styles ${NAMESPACES} office:version="1.3"><office:styles><style:default-style style:family="paragraph"><style:paragraph-properties fo:margin-bottom="2mm" fo:line-height="125%"/><style:text-properties fo:font-family="${FONT}" fo:font-size="${size}" fo:language="id" fo:country="ID"/></style:default-style>${PARAGRAPHS}${LIST}${TABLES}</office:styles><office:automatic-styles><style:page-layout style:name="Page"><style:page-layout-properties ${page}/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="Page"><style:footer>${foot.map((line) => `<text:p text:style-name="Small">${xml(line)}</text:p>`).join("")}</style:footer></style:master-page></office:master-styles></office:document-styles>`;
}

function paragraph(name: string, paragraphs: string, words = ""): string {
  const inner = [
    paragraphs === "" ? "" : `<style:paragraph-properties ${paragraphs}/>`,
    words === "" ? "" : `<style:text-properties ${words}/>`,
  ].join("");
  return `<style:style style:name="${name}" style:family="paragraph">${inner}</style:style>`;
}

const BOLD = 'fo:font-weight="bold"';
const CENTRE = 'fo:text-align="center"';
const SIGN = 'fo:margin-left="50%" fo:keep-with-next="always"';

const PARAGRAPHS = [
  paragraph("Text", ""),
  paragraph("Mark", 'fo:text-align="end"', `${BOLD} fo:font-size="9pt"`),
  paragraph("Kop", `${CENTRE} fo:margin-bottom="0mm"`),
  paragraph("KopName", `${CENTRE} fo:margin-bottom="0mm"`, `${BOLD} fo:font-size="15pt"`),
  paragraph("KopContact", `${CENTRE} fo:margin-bottom="0mm"`, 'fo:font-size="9pt"'),
  paragraph(
    "KopRule",
    'fo:border-bottom="1.5pt double #000000" style:border-line-width-bottom="0.2mm 0.4mm 0.7mm"',
    'fo:font-size="4pt"',
  ),
  paragraph("Title", `${CENTRE} fo:margin-top="4mm"`, `${BOLD} fo:font-size="13pt"`),
  paragraph("Centred", CENTRE, BOLD),
  paragraph("Heading", 'fo:margin-top="4mm" fo:keep-with-next="always"', BOLD),
  paragraph("Subject", 'fo:margin-bottom="5mm"', BOLD),
  paragraph("Address", 'fo:margin-bottom="0mm"'),
  paragraph("Right", 'fo:text-align="end"'),
  paragraph("Cell", 'fo:margin-bottom="0mm"'),
  paragraph("CellHead", 'fo:margin-bottom="0mm"', BOLD),
  paragraph("Sign", SIGN),
  paragraph("SignName", SIGN, BOLD),
  paragraph("Small", "", 'fo:font-size="8pt"'),
].join("");

const LIST =
  '<text:list-style style:name="Numbered"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."><style:list-level-properties text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment text:label-followed-by="listtab" text:list-tab-stop-position="8mm" fo:text-indent="-8mm" fo:margin-left="8mm"/></style:list-level-properties></text:list-level-style-number></text:list-style>';

const TABLES = [
  '<style:style style:name="Table" style:family="table"><style:table-properties table:align="margins" fo:margin-bottom="3mm"/></style:style>',
  '<style:style style:name="Label" style:family="table-column"><style:table-column-properties style:rel-column-width="3*"/></style:style>',
  '<style:style style:name="Value" style:family="table-column"><style:table-column-properties style:rel-column-width="8*"/></style:style>',
  '<style:style style:name="Bare" style:family="table-cell"><style:table-cell-properties fo:padding="0.5mm" fo:border="none"/></style:style>',
  '<style:style style:name="Framed" style:family="table-cell"><style:table-cell-properties fo:padding="1mm" fo:border="0.5pt solid #525252"/></style:style>',
].join("");
