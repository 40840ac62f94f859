import type { FoundInUpload } from "#domain/workflow/view.ts";
import { readUploadedLetter } from "../../signing/read-letter.ts";

/** What an uploaded PDF says of itself; null for other files. Never throws, takes bounded time. */
export async function foundIn(
  letter: Uint8Array<ArrayBuffer>,
  mime: string,
): Promise<FoundInUpload | null> {
  if (mime !== "application/pdf") return null;
  const { number, signatures } = await readUploadedLetter(letter);
  return {
    number,
    signatures: signatures.map(({ signer, issuer, signedAt, intact, whole }) => ({
      signer,
      issuer,
      signedAt,
      intact,
      whole,
    })),
  };
}
