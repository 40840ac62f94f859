import type { Statement } from "#db/client.ts";
import { documents } from "#db/schema/requests.ts";
import { Letter } from "#domain/letters/letter.ts";
import { canonicalJson, sha256Hex, utf8 } from "#domain/trust/canonical.ts";
import type { DocumentRef } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { composeLetter, type LetterInput } from "./compose-letter.ts";

export { KIND_TITLES } from "./compose-letter.ts";

export const LETTER_MIME = "application/json";
export const PDF_MIME = "application/pdf";

/** A document ready to be stored: bytes for the file store, row for the batch, reference for the event. */
export interface MadeDocument {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly statement: Statement;
  readonly ref: DocumentRef;
}

/** The pemohon's letter made of their answers: nobody numbers or signs it here. */
export async function makeLetter(deps: Deps, input: LetterInput): Promise<MadeDocument> {
  return letterDocument(deps, input.request, composeLetter(deps, input));
}

/** The data of a letter as a document; its PDF, if any, is a document of its own. */
export async function letterDocument(
  deps: Pick<Deps, "db" | "newId">,
  request: string,
  letter: Letter,
): Promise<MadeDocument> {
  return makeDocument(deps, {
    request,
    kind: letter.kind,
    title: letter.title,
    mime: LETTER_MIME,
    bytes: utf8(canonicalJson(Letter.parse(letter))),
    at: new Date(letter.at),
    state: letter.state,
    number: letter.number,
  });
}

type Row = typeof documents.$inferInsert;

export async function makeDocument(
  deps: Pick<Deps, "db" | "newId">,
  input: {
    readonly request: string;
    readonly kind: string;
    readonly title: string;
    readonly mime: string;
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly at: Date;
  } & Pick<Row, "state" | "source" | "number" | "code" | "signedBy">,
): Promise<MadeDocument> {
  const { bytes, at, ...row } = input;
  const id = deps.newId();
  const sha256 = await sha256Hex(bytes);
  return {
    bytes,
    ref: { kind: input.kind, id, sha256 },
    statement: deps.db.orm.insert(documents).values({
      ...row,
      id,
      bytes: bytes.length,
      sha256,
      createdAt: at.toISOString(),
    }),
  };
}
