import { eq } from "drizzle-orm";
import { documents } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import type { Letter } from "#domain/letters/letter.ts";
import { readLetter } from "#domain/letters/letter.ts";
import type { Deps } from "../deps.ts";
import { readVerificationCode, showVerificationCode } from "../signing/verification-code.ts";

/** All that anybody may know of a letter: no name, no word of it, and not what it was about. */
export interface VerifiedDocument {
  /** As stored; part of the page's address. */
  readonly code: string;
  /** As printed. */
  readonly shownCode: string;
  readonly title: string;
  readonly number: string | null;
  /** Local date of the agency. */
  readonly date: string;
  /** Position with its capacity, never the person. */
  readonly signer: string | null;
  readonly agency: string;
  readonly state: Letter["state"];
  /** Null: nobody signed it electronically. */
  readonly signedWith: "local-test" | "bsre-v1" | null;
  /** Made for a demonstration or a test. */
  readonly sample: boolean;
  /** Of the PDF as it was handed out, 64 hex digits. */
  readonly sha256: string;
}

/** Throws VERIFY_UNKNOWN for every code that no letter has, whatever the reason. */
export async function verifyDocument(
  { db, files }: Pick<Deps, "db" | "files">,
  typed: string,
): Promise<VerifiedDocument> {
  const unknown = new AppError("VERIFY_UNKNOWN", "no letter has this code");
  const code = readVerificationCode(typed);
  if (code === null) throw unknown;
  const [pdf] = await db.orm.select().from(documents).where(eq(documents.code, code));
  if (!pdf?.source) throw unknown;
  const [source] = await db.orm.select().from(documents).where(eq(documents.id, pdf.source));
  if (!source) throw unknown;
  const letter = readLetter(JSON.parse(new TextDecoder().decode(await files.get(source.sha256))));
  const by = pdf.signedBy?.by;
  const signedWith = by === "local-test" || by === "bsre-v1" ? by : null;
  return {
    code,
    shownCode: showVerificationCode(code),
    title: letter.title,
    number: pdf.number,
    date: letter.date,
    signer: pdf.signedBy?.title ?? letter.signer?.title ?? null,
    agency: letter.agency.name,
    state: letter.state,
    signedWith,
    sample: letter.sample || signedWith === "local-test",
    sha256: pdf.sha256,
  };
}
