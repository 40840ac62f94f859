import { and, eq } from "drizzle-orm";
import { documents } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import { type Letter, readLetter } from "#domain/letters/letter.ts";
import type { DocumentView } from "#domain/workflow/view.ts";
import { letterOdt, ODT_MIME } from "../../letters/odt.ts";
import { letterPdf } from "../../letters/pdf.ts";
import type { Ctx, Deps } from "../deps.ts";
import { PDF_MIME } from "../documents/make-letter.ts";
import { documentsOf } from "../documents/views.ts";
import { openRequest } from "./access.ts";

export const FORMS = ["pdf", "odt"] as const;

export interface ReadDocument {
  readonly view: DocumentView;
  /** Of the stored bytes, or of the form that was asked for. */
  readonly mime: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Null where the document is a file and no letter made here. */
  readonly letter: Letter | null;
}

/**
 * A document with its bytes, which still have the digest the event names. `form`: a letter as PDF, the
 * signed one where there is one, or as ODT made anew from its data; NOT_FOUND for what is no letter.
 */
export async function readDocument(
  deps: Deps,
  ctx: Ctx,
  input: {
    readonly ref: string;
    readonly id: string;
    readonly form?: (typeof FORMS)[number] | null;
  },
): Promise<ReadDocument> {
  const opened = await openRequest(deps, ctx, input.ref);
  const all = await documentsOf(deps, ctx, opened);
  const view = all.find(({ id }) => id === input.id);
  if (!view) throw new AppError("NOT_FOUND", "no such document");
  const bytes = await deps.files.get(view.sha256);
  const letter = view.letter && readLetter(JSON.parse(new TextDecoder().decode(bytes)));
  const form = input.form ?? null;
  if (form === null) return { view, mime: view.mime, bytes, letter };
  if (!letter) throw new AppError("NOT_FOUND", "no letter, so no other form of it");
  if (form === "odt") return { view, mime: ODT_MIME, bytes: letterOdt(letter), letter };
  const stored = await storedPdf(deps, opened.row.id, view.id);
  return { view, mime: PDF_MIME, bytes: stored ?? letterPdf(letter), letter };
}

async function storedPdf(
  deps: Pick<Deps, "db" | "files">,
  request: string,
  source: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const [pdf] = await deps.db.orm
    .select({ sha256: documents.sha256 })
    .from(documents)
    .where(and(eq(documents.request, request), eq(documents.source, source)));
  return pdf ? deps.files.get(pdf.sha256) : null;
}
