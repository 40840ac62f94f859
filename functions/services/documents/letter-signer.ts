import type { Actor } from "#domain/workflow/types.ts";
import type { SignerIdentity } from "../../signing/signer.ts";
import type { Ctx, Deps } from "../deps.ts";
import { signerOf } from "../signing/signer-of.ts";
import { titleInCapacity } from "../words.ts";

/** Whoever acts, as a letter prints them: by the position they act for, with its capacity. */
export function identityOf(
  deps: Pick<Deps, "db" | "catalog" | "nikSeal">,
  ctx: Ctx,
  agency: string,
  { person, jabatan, capacity }: Actor,
): Promise<SignerIdentity> {
  const post = deps.catalog.agencies.get(agency)?.jabatan.find(({ id }) => id === jabatan);
  const title = titleInCapacity(capacity, post?.judul ?? jabatan);
  return signerOf(deps, { person, name: ctx.viewer?.name ?? "", title });
}
