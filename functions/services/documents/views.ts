import { eq, sql } from "drizzle-orm";
import { documents } from "#db/schema/requests.ts";
import type { DocumentView, LetterView } from "#domain/workflow/view.ts";
import type { Ctx, Deps } from "../deps.ts";
import type { OpenedRequest } from "../requests/access.ts";
import { showReference } from "../requests/reference.ts";
import { LETTER_MIME } from "./make-letter.ts";

type Row = typeof documents.$inferSelect;

/** The documents of a request in the order in which they were made. */
export async function documentsOf(
  deps: Pick<Deps, "db">,
  ctx: Ctx,
  { row, official }: Pick<OpenedRequest, "row" | "official">,
): Promise<DocumentView[]> {
  const rows = await deps.db.orm
    .select()
    .from(documents)
    .where(eq(documents.request, row.id))
    .orderBy(sql`rowid`);
  const code = official ? null : ctx.code;
  return rows.map((document) => viewOf(document, rows, code));
}

/** `rows` hold the PDF that was made from a letter. `code`: the tracking code that links must carry. */
function viewOf(row: Row, rows: readonly Row[], code: string | null): DocumentView {
  const path = `/api/requests/${showReference(row.request)}/documents/${row.id}`;
  const query = code === null ? "" : `?kode=${encodeURIComponent(code)}`;
  return {
    id: row.id,
    kind: row.kind as DocumentView["kind"],
    title: row.title,
    mime: row.mime,
    bytes: row.bytes,
    sha256: row.sha256,
    createdAt: row.createdAt,
    href: `${path}${query}`,
    letter: row.mime === LETTER_MIME ? letterView(row, rows, { path, code }) : null,
    source: row.source,
    found: row.found,
  };
}

function letterView(
  row: Row,
  rows: readonly Row[],
  { path, code }: { readonly path: string; readonly code: string | null },
): LetterView {
  const pdf = rows.find(({ source }) => source === row.id);
  const as = (bentuk: string) =>
    `${path}?${new URLSearchParams({ bentuk, ...(code === null ? {} : { kode: code }) })}`;
  return {
    number: row.number,
    state: row.state ?? "tanpa-tanda-tangan",
    signedBy: pdf?.signedBy?.title ?? null,
    verify: pdf?.code ? `/verifikasi/${pdf.code}/` : null,
    pdf: as("pdf"),
    odt: as("odt"),
  };
}
