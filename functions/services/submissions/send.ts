import { eq } from "drizzle-orm";
import { submissionDrafts } from "#db/schema/requests.ts";
import type { Deps } from "../deps.ts";
import { type SubmitAnswer, submitRequest } from "../requests/submit.ts";
import { hashOf } from "./seal.ts";
import { readKept, readKeptLetter } from "./store.ts";

/** Makes a request of a draft and removes the draft. INPUT_INVALID where a step is not in order. */
export async function sendDraft(deps: Deps, token: string): Promise<SubmitAnswer> {
  const { slug, values } = await readKept(deps, token);
  const letter = await readKeptLetter(deps, token);
  const answer = await submitRequest(deps, { slug, values, letter });
  await deps.db.orm.delete(submissionDrafts).where(eq(submissionDrafts.hash, hashOf(token)));
  return answer;
}
