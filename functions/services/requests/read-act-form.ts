import { AppError } from "#domain/errors.ts";
import type { SopAct } from "#domain/sop/schema.ts";
import { type FormValues, readForm } from "#domain/workflow/form.ts";
import type { Choice } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import type { OpenedRequest } from "./access.ts";
import { formOf } from "./act-form.ts";
import { answersOf } from "./content.ts";

/** What was filled for an act; `choices` null where it chooses nothing now. INPUT_INVALID else. */
export async function readActForm(
  deps: Deps,
  { running: { sop }, state }: OpenedRequest,
  act: SopAct,
  phase: "start" | "close",
  raw: FormValues,
) {
  const { fields, targets } = await formOf(deps, { sop, act, kind: state.kind, phase });
  const { values, problems } = readForm(fields, raw);
  if (problems.length > 0) throw new AppError("INPUT_INVALID", `form of ${act.id}`, { problems });
  const chooses = fields.some((field) => field.name === "sasaran");
  const chosen = [values["sasaran"] ?? []].flat();
  const choices: Choice[] | null = chooses
    ? chosen.flatMap((value) => targets.find((one) => one.value === value)?.choice ?? [])
    : null;
  return { answers: answersOf(fields, values), choices };
}
