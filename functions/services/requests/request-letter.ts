import { eq } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { documents } from "#db/schema/requests.ts";
import { type FieldProblem, isAppError } from "#domain/errors.ts";
import { firstAct, nextAct, roleOf } from "#domain/sop/navigate.ts";
import type { Deps } from "../deps.ts";
import { checkAttachment } from "../documents/check-attachment.ts";
import {
  KIND_TITLES,
  type MadeDocument,
  makeDocument,
  makeLetter,
} from "../documents/make-letter.ts";
import { foundIn } from "../submissions/found-in.ts";
import { type Answer, answerOf } from "./content.ts";
import type { RunningSop } from "./project.ts";

const LETTER_FIELD = "surat";

/** The pemohon's letter: what was uploaded as it is, else one made from the answers. */
export async function requestLetter(
  deps: Deps,
  input: {
    readonly request: string;
    readonly running: RunningSop;
    readonly answers: readonly Answer[];
    readonly upload: { readonly bytes: Uint8Array<ArrayBuffer>; readonly mime: string } | null;
    readonly at: Date;
  },
): Promise<{ readonly document: MadeDocument; readonly statements: readonly Statement[] }> {
  const { request, running, answers, upload, at } = input;
  if (!upload) {
    const document = await makeLetter(deps, {
      request,
      running,
      kind: "surat-permohonan",
      at,
      from: [answerOf(answers, "nama"), answerOf(answers, "opd")].filter(Boolean).join(", "),
      to: recipients(running),
      answers,
      evidence: [],
      attachments: [],
    });
    return { document, statements: [document.statement] };
  }
  const document = await makeDocument(deps, {
    request,
    kind: "surat-permohonan",
    title: KIND_TITLES["surat-permohonan"],
    mime: upload.mime,
    bytes: upload.bytes,
    at,
  });
  const found = await foundIn(upload.bytes, upload.mime);
  const noted = deps.db.orm
    .update(documents)
    .set({ found })
    .where(eq(documents.id, document.ref.id));
  return { document, statements: [document.statement, ...(found ? [noted] : [])] };
}

/** The type of an upload; its problem is added to the others, or thrown where it is the only one. */
export async function checkUpload(
  letter: Uint8Array<ArrayBuffer> | null,
  problems: FieldProblem[],
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly mime: string } | null> {
  if (!letter) return null;
  try {
    return { bytes: letter, mime: (await checkAttachment(LETTER_FIELD, letter)).mime };
  } catch (error) {
    if (!isAppError(error) || problems.length === 0) throw error;
    problems.push(...error.problems);
    return null;
  }
}

/** The letter goes to whoever acts next. */
function recipients({ sop }: RunningSop): string[] {
  const next = nextAct(sop, firstAct(sop).id);
  return next ? [roleOf(sop, next.oleh).judul] : [];
}
