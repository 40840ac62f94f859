/**
 * A letter as an OpenDocument text (ODF 1.3; Permenkominfo 7/2013 asks public services for open
 * formats): the same words as the PDF, to be read and edited on. The same letter gives the same bytes.
 */
import { strToU8, type Zippable, zipSync } from "fflate";
import type { Letter } from "#domain/letters/letter.ts";
import { type Sheet, sheetOf } from "#domain/letters/sheet.ts";
import { type AboutFile, aboutLetter } from "./about-file.ts";
import { bodyXml } from "./odt-body.ts";
import { stylesXml } from "./odt-styles.ts";
import { NAMESPACES, xml } from "./odt-xml.ts";

export const ODT_MIME = "application/vnd.oasis.opendocument.text";
/** The first moment that a zip can tell, by the local clock as zip tells times: the same everywhere. */
const MODIFIED = new Date(1980, 0, 1);

export function letterOdt(letter: Letter): Uint8Array<ArrayBuffer> {
  return sheetOdt(sheetOf(letter), aboutLetter(letter));
}

/** Any sheet; `about` stands in the file's metadata. */
export function sheetOdt(sheet: Sheet, about: AboutFile): Uint8Array<ArrayBuffer> {
  const files: Zippable = {
    // ODF 1.3 part 2, 3.3: first and uncompressed, so that the type is seen without unpacking.
    mimetype: [strToU8(ODT_MIME), { level: 0, mtime: MODIFIED }],
    "content.xml": [strToU8(contentXml(bodyXml(sheet))), { mtime: MODIFIED }],
    "styles.xml": [strToU8(stylesXml(sheet)), { mtime: MODIFIED }],
    "meta.xml": [strToU8(metaXml(about)), { mtime: MODIFIED }],
    "META-INF/manifest.xml": [strToU8(MANIFEST), { mtime: MODIFIED }],
  };
  return zipSync(files);
}

function contentXml(body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<office:document-content ${NAMESPACES} office:version="1.3"><office:body><office:text>${body}</office:text></office:body></office:document-content>`;
}

function metaXml({ title, author, date }: AboutFile): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<office:document-meta ${NAMESPACES} office:version="1.3"><office:meta><meta:generator>Pulih</meta:generator><dc:title>${xml(title)}</dc:title><dc:creator>${xml(author)}</dc:creator><dc:date>${date}T00:00:00Z</dc:date><dc:language>id-ID</dc:language></office:meta></office:document-meta>`;
}

const MANIFEST = `<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="${ODT_MIME}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>`;
