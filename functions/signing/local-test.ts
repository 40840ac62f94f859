import { AppError } from "#domain/errors.ts";
import { type Credential, type LocalCa, openLocalCa } from "./local-ca.ts";
import { signPdf } from "./sign-pdf.ts";
import type { Signer } from "./signer.ts";
import { soundlySigned, verified } from "./soundly-signed.ts";

/** People who sign on one day; beyond them the oldest key is thrown away. */
const KEPT = 200;

/** Signs with a certificate of the portal's own authority, which says CONTOH. For tries only. */
export function localTestSigner(dataDir: string): Signer {
  let authority: Promise<LocalCa> | null = null;
  const credentials = new Map<string, Credential>();

  const credentialOf = async (person: string, name: string, at: Date): Promise<Credential> => {
    const key = JSON.stringify([person, name, at.toISOString().slice(0, 10)]);
    const kept = credentials.get(key);
    if (kept) return kept;
    authority ??= openLocalCa(dataDir);
    const made = await (await authority).certify(name, at);
    const [oldest] = credentials.keys();
    if (credentials.size >= KEPT && oldest !== undefined) credentials.delete(oldest);
    credentials.set(key, made);
    return made;
  };

  return {
    name: "local-test",
    passphrase: false,
    status: async () => ({ state: "ready" }),
    async sign({ pdf, identity, reason, at }) {
      const credential = await credentialOf(identity.person, identity.name, at);
      const what = { name: identity.name, reason, at };
      const signed = await signPdf(pdf, credential, what).catch((cause: unknown) => {
        throw new AppError("SIGN_REFUSED", "the file cannot be signed", { cause });
      });
      return soundlySigned(signed);
    },
    verify: verified,
  };
}
