import { and, eq } from "drizzle-orm";
import { documents } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import type { DocumentView } from "#domain/workflow/view.ts";
import type { Ctx, Deps } from "../deps.ts";
import { Letter } from "../documents/letter.ts";
import { LETTER_MIME } from "../documents/make-letter.ts";
import { openRequest } from "./access.ts";
import { documentView } from "./view.ts";

/** A document with its bytes, which still have the digest the event names. */
export async function readDocument(
  deps: Deps,
  ctx: Ctx,
  input: { readonly ref: string; readonly id: string },
): Promise<{
  readonly view: DocumentView;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly letter: Letter | null;
}> {
  const { row, official } = await openRequest(deps, ctx, input.ref);
  const [document] = await deps.db.orm
    .select()
    .from(documents)
    .where(and(eq(documents.request, row.id), eq(documents.id, input.id)));
  if (!document) throw new AppError("NOT_FOUND", "no such document");
  const bytes = await deps.files.get(document.sha256);
  return {
    view: documentView(document, official ? null : ctx.code),
    bytes,
    letter:
      document.mime === LETTER_MIME
        ? Letter.parse(JSON.parse(new TextDecoder().decode(bytes)))
        : null,
  };
}
