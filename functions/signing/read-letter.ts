import { firstPageText } from "./first-page.ts";
import { letterNumber } from "./letter-number.ts";
import { PDF_BYTES_MAX, readSignatures } from "./read-signatures.ts";
import type { FoundSignature } from "./signer.ts";

export interface UploadedLetter {
  /** As printed on the first page, e.g. by SRIKANDI; null where none was found. */
  readonly number: string | null;
  readonly signatures: readonly FoundSignature[];
}

/**
 * What an uploaded PDF says of itself. Trusts nothing in it, takes bounded time, and never throws: of
 * what is no PDF, is encrypted or is damaged there is nothing to tell.
 */
export async function readUploadedLetter(bytes: Uint8Array): Promise<UploadedLetter> {
  const isPdf = Buffer.from(bytes.subarray(0, 1024)).includes("%PDF-");
  if (!isPdf || bytes.length > PDF_BYTES_MAX) return { number: null, signatures: [] };
  const [items, signatures] = await Promise.all([firstPageText(bytes), readSignatures(bytes)]);
  return { number: letterNumber(items), signatures };
}
