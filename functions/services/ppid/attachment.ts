import type { Statement } from "#db/client.ts";
import type { DocumentRef } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { checkAttachment } from "../documents/check-attachment.ts";
import { makeDocument } from "../documents/make-letter.ts";

/** Kinds of files of a request for information. */
export const IDENTITY_KIND = "identitas";
export const ANSWER_KIND = "jawaban";

/** A file that came with a form, stored by its content; nothing where none was sent. */
export async function attachmentOf(
  deps: Deps,
  input: {
    readonly id: string;
    readonly field: string;
    readonly title: string;
    readonly bytes: Uint8Array<ArrayBuffer> | null;
    readonly at: Date;
  },
): Promise<{ readonly refs: readonly DocumentRef[]; readonly also: readonly Statement[] }> {
  const { bytes, at } = input;
  if (!bytes) return { refs: [], also: [] };
  const { mime } = await checkAttachment(input.field, bytes);
  const kind = input.field === IDENTITY_KIND ? IDENTITY_KIND : ANSWER_KIND;
  const document = await makeDocument(deps, {
    request: input.id,
    kind,
    title: input.title,
    mime,
    bytes,
    at,
  });
  await deps.files.put(document.bytes);
  return { refs: [document.ref], also: [document.statement] };
}
