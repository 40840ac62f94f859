import { AppError } from "#domain/errors.ts";
import { readSignatures } from "./read-signatures.ts";
import type { PdfVerification } from "./signer.ts";

/** Whether a file is signed soundly, from its own bytes; who issued the certificates is not judged. */
export async function verified(pdf: Uint8Array): Promise<PdfVerification> {
  const signatures = await readSignatures(pdf);
  const valid = signatures.every(({ intact }) => intact) && signatures.at(-1)?.whole === true;
  return { valid, signatures };
}

/** What a signer gave back, looked at before anybody calls it signed. Throws SIGN_REFUSED. */
export async function soundlySigned(pdf: Uint8Array): Promise<{ readonly pdf: Uint8Array }> {
  if ((await verified(pdf)).valid) return { pdf };
  throw new AppError("SIGN_REFUSED", "the answer is no soundly signed PDF");
}
