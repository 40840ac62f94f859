/**
 * A letter is made final: numbered, printed, signed, and handed to whoever commits it. Its series is
 * held until then, so that a letter that is not committed leaves no number behind.
 */

import type { Statement } from "#db/client.ts";
import type { Letter } from "#domain/letters/letter.ts";
import type { DocumentRef } from "#domain/workflow/types.ts";
import { letterPdf } from "../../letters/pdf.ts";
import type { SignerIdentity } from "../../signing/signer.ts";
import type { Deps } from "../deps.ts";
import { withCheck } from "../requests/reference.ts";
import { signDocument } from "../signing/sign-document.ts";
import { withNumber } from "./letter-numbers.ts";
import { letterDocument, type MadeDocument, makeDocument, PDF_MIME } from "./make-letter.ts";

export interface Issue {
  readonly request: string;
  /** Composed, not numbered yet. */
  readonly letter: Letter;
  /** Who signs; null: nobody does now, and the letter is kept as it is, without number and PDF. */
  readonly identity: SignerIdentity | null;
  readonly passphrase: string | null;
  readonly at: Date;
  /** Throws where the letter would no longer be committed: nothing is signed for nothing. */
  readonly stillWanted: () => Promise<void>;
}

export interface Issued {
  readonly refs: readonly DocumentRef[];
  readonly statements: readonly Statement[];
}

/** Characters of a code before its check character. */
const CODE_BODY = 9;

/** Errors of the signer pass through; then nothing was numbered, stored or committed. */
export async function issueLetter<T>(
  deps: Deps,
  issue: Issue,
  commit: (issued: Issued) => Promise<T>,
): Promise<T> {
  const { identity } = issue;
  if (!identity) {
    const document = await letterDocument(deps, issue.request, issue.letter);
    await deps.files.put(document.bytes);
    return commit(issuedOf([document], []));
  }
  const { agency, kind, date } = issue.letter;
  return withNumber(deps, { agency: agency.id, kind, date }, async ({ number, statements }) => {
    await issue.stillWanted();
    const code = withCheck(deps.randomBytes(2 * CODE_BODY), CODE_BODY);
    const letter: Letter = {
      ...issue.letter,
      number,
      state: deps.signer ? "ditandatangani" : "tanpa-tanda-tangan",
      signedWith: deps.signer?.name ?? null,
      verify: { code, address: `${deps.origin}/verifikasi/${code}/` },
    };
    const data = await letterDocument(deps, issue.request, letter);
    const pdf = await makeDocument(deps, {
      request: issue.request,
      kind,
      title: letter.title,
      mime: PDF_MIME,
      bytes: await signed(deps, issue, identity, letterPdf(letter)),
      at: issue.at,
      state: letter.state,
      source: data.ref.id,
      number,
      code,
      signedBy: deps.signer && {
        title: identity.title,
        by: deps.signer.name,
        at: issue.at.toISOString(),
      },
    });
    for (const { bytes } of [data, pdf]) await deps.files.put(bytes);
    return commit(issuedOf([data, pdf], statements));
  });
}

async function signed(
  deps: Pick<Deps, "signer" | "log">,
  { letter, passphrase, at }: Issue,
  identity: SignerIdentity,
  pdf: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!deps.signer) return pdf;
  const reason = `${letter.title}, permohonan ${letter.ref}`;
  return signDocument(deps, deps.signer, { pdf, identity, passphrase, reason, at });
}

function issuedOf(made: readonly MadeDocument[], counter: readonly Statement[]): Issued {
  return {
    refs: made.map(({ ref }) => ref),
    statements: [...counter, ...made.map(({ statement }) => statement)],
  };
}
