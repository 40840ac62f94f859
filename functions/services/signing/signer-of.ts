import { eq } from "drizzle-orm";
import { signers } from "#db/schema/people.ts";
import type { SignerIdentity } from "../../signing/signer.ts";
import type { Deps } from "../deps.ts";

/** Who signs: name and title (with its capacity) as at the date of the act, the rest as stored. */
export async function signerOf(
  deps: Pick<Deps, "db" | "nikSeal">,
  who: { readonly person: string; readonly name: string; readonly title: string },
): Promise<SignerIdentity> {
  const [row] = await deps.db.orm.select().from(signers).where(eq(signers.person, who.person));
  const sealed = row?.sealedNik ?? null;
  return {
    ...who,
    nip: row?.nip ?? null,
    rank: row?.rank ?? null,
    nik: sealed === null ? null : deps.nikSeal.open(who.person, sealed),
  };
}
