import { and, eq } from "drizzle-orm";
import { documents } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import type { Ctx, Deps } from "../deps.ts";
import { openPpid } from "./access.ts";
import { IDENTITY_KIND } from "./attachment.ts";

/** A file of a request for information, for those who may see it. */
export async function readInformationFile(
  deps: Deps,
  ctx: Ctx,
  input: { readonly ref: string; readonly id: string },
) {
  const { row, officer, superior } = await openPpid(deps, ctx, input.ref);
  const [found] = await deps.db.orm
    .select()
    .from(documents)
    .where(and(eq(documents.request, row.id), eq(documents.id, input.id)));
  const hidden = found?.kind === IDENTITY_KIND && !officer && !superior;
  if (!found || hidden) throw new AppError("NOT_FOUND", "no such file for them");
  const { kind, mime, sha256 } = found;
  const stem = `${kind}-${sha256.slice(0, 12)}`;
  return { mime, stem, bytes: await deps.files.get(sha256) };
}
