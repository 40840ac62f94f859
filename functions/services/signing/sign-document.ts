import { createHash } from "node:crypto";
import { AppError, isAppError } from "#domain/errors.ts";
import { PASSPHRASE_FIELD } from "#domain/workflow/form.ts";
import type { Signer, SignInput } from "../../signing/signer.ts";
import type { Deps } from "../deps.ts";

/**
 * Signs a document and leaves one line in the log, whatever came of it: who, when, the digest of what
 * was to be signed, and the result. Errors of the signer pass through.
 */
export async function signDocument(
  deps: Pick<Deps, "log">,
  signer: Signer,
  input: SignInput,
): Promise<Uint8Array<ArrayBuffer>> {
  const line = {
    by: signer.name,
    person: input.identity.person,
    at: input.at.toISOString(),
    document: sha256(input.pdf),
  };
  try {
    const { pdf } = await signer.sign(input);
    deps.log("document signed", { ...line, result: "signed", signed: sha256(pdf) });
    return new Uint8Array(pdf);
  } catch (error) {
    deps.log("document signed", { ...line, result: isAppError(error) ? error.code : "INTERNAL" });
    throw isAppError(error) && error.code === "SIGN_PASSPHRASE" ? besideField(error) : error;
  }
}

/** The one refusal that its signer mends in the form itself. */
function besideField({ code, row }: AppError): AppError {
  return new AppError(code, "the passphrase is wrong", {
    problems: [{ field: PASSPHRASE_FIELD.name, pesan: row.pesan }],
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
