import type { FieldProblem } from "#domain/errors.ts";
import {
  readSubmission,
  type SubmissionStepId,
  stepOfField,
  submissionSteps,
} from "#domain/workflow/submission-form.ts";
import type { Deps } from "../deps.ts";
import { submittable } from "../requests/submittable.ts";
import { problemsBeyondForm } from "./beyond-form.ts";
import { type KeptDraft, type KeptLetter, readKept } from "./store.ts";

/** A draft as its pages show it. */
export interface SubmissionDraftView {
  readonly slug: string;
  readonly values: KeptDraft["values"];
  readonly letter: KeptLetter | null;
  readonly expiresAt: string;
  /** What is missing or to mend before it can be sent, with the step that asks for it. */
  readonly open: readonly (FieldProblem & { readonly step: SubmissionStepId })[];
}

export async function viewDraft(deps: Deps, token: string): Promise<SubmissionDraftView> {
  const { slug, values, letter, expiresAt } = await readKept(deps, token);
  const { sop } = submittable(deps, slug);
  const read = readSubmission(sop, values);
  const kind = values["jenis"]?.[0] ?? "";
  const problems = [...read.problems, ...(await problemsBeyondForm(deps, sop, read.values))];
  const first = submissionSteps(sop, kind)[0]?.id ?? "pemohon";
  return {
    slug,
    values,
    letter,
    expiresAt,
    open: problems.map((problem) => ({
      ...problem,
      step: stepOfField(sop, kind, problem.field) ?? first,
    })),
  };
}
