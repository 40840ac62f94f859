/** Text as it may stand in XML: signs escaped, what XML 1.0 cannot hold left out. */
export function xml(text: string): string {
  return text
    .replace(NOT_IN_XML, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** The same, with line breaks kept as such. */
export function xmlLines(text: string): string {
  return text.split(/\r?\n/).map(xml).join("<text:line-break/>");
}

const OASIS = "urn:oasis:names:tc:opendocument:xmlns";
export const NAMESPACES = [
  `xmlns:office="${OASIS}:office:1.0"`,
  `xmlns:text="${OASIS}:text:1.0"`,
  `xmlns:table="${OASIS}:table:1.0"`,
  `xmlns:style="${OASIS}:style:1.0"`,
  `xmlns:fo="${OASIS}:xsl-fo-compatible:1.0"`,
  `xmlns:meta="${OASIS}:meta:1.0"`,
  'xmlns:dc="http://purl.org/dc/elements/1.1/"',
].join(" ");
