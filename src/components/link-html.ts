import type { TermSegment } from "#domain/sop/terms.ts";

/** Elements whose words stay as they are: links, code, and headings, which are anchors themselves. */
const CLOSED = /^(?:a|code|pre|h[1-6])$/;

/** Links terms in rendered Markdown. Only text between tags is touched, so nothing else can change. */
export function linkHtml(html: string, link: (text: string) => readonly TermSegment[]): string {
  let closed = 0;
  return html
    .split(/(<[^>]*>)/)
    .map((piece) => {
      const tag = /^<(\/?)([a-z][a-z0-9]*)/i.exec(piece);
      if (tag) {
        if (CLOSED.test((tag[2] ?? "").toLowerCase())) closed += tag[1] === "" ? 1 : -1;
        return piece;
      }
      return closed > 0 || piece.trim() === "" ? piece : link(piece).map(linked).join("");
    })
    .join("");
}

function linked({ text, term }: TermSegment): string {
  return term === null ? text : `<a class="term-link" href="/istilah/#${term}">${text}</a>`;
}
