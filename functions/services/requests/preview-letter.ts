import { AppError } from "#domain/errors.ts";
import type { Letter } from "#domain/letters/letter.ts";
import { positionOf } from "#domain/sop/navigate.ts";
import { barredFrom } from "#domain/workflow/decide.ts";
import { type FormValues, PASSPHRASE_FIELD, readForm } from "#domain/workflow/form.ts";
import { letterPdf } from "../../letters/pdf.ts";
import type { Ctx, Deps } from "../deps.ts";
import { actorFor, openRequest } from "./access.ts";
import { formOf } from "./act-form.ts";
import { letterOfAct } from "./act-letter.ts";
import { answersOf } from "./content.ts";

/**
 * The letter that closing the act would leave behind, as a PDF marked KONSEP: not numbered, not
 * signed, stored nowhere. NOT_FOUND where the act leaves no letter.
 */
export async function previewLetter(
  deps: Deps,
  ctx: Ctx,
  input: { readonly ref: string; readonly values: FormValues },
): Promise<Uint8Array<ArrayBuffer>> {
  const opened = await openRequest(deps, ctx, input.ref);
  const { state, running } = opened;
  if (state.status !== "active" || state.act === null) {
    throw new AppError("WORKFLOW_CLOSED", "no act is open");
  }
  const { act } = positionOf(running.sop, state.act);
  const by = actorFor(ctx, opened, running.sop, act);
  const barred = by ? barredFrom(running.sop, state, act, by) : "WORKFLOW_WRONG_PERSON";
  if (!by || barred) throw new AppError(barred ?? "WORKFLOW_WRONG_PERSON", `preview of ${act.id}`);
  const form = await formOf(deps, { sop: running.sop, act, kind: state.kind, phase: "close" });
  // A preview is looked at before the signer types anything.
  const fields = form.fields.filter(({ name }) => name !== PASSPHRASE_FIELD.name);
  const { values, problems } = readForm(fields, input.values);
  if (problems.length > 0)
    throw new AppError("INPUT_INVALID", `preview of ${act.id}`, { problems });
  const answers = answersOf(fields, values);
  const made = await letterOfAct(deps, ctx, opened, { act, by, answers, at: deps.now() });
  if (!made) throw new AppError("NOT_FOUND", "the act leaves no letter");
  const draft: Letter = { ...made.letter, state: "konsep" };
  return letterPdf(draft);
}
