import { AppError, type FieldProblem } from "#domain/errors.ts";
import { sha256Hex } from "#domain/trust/canonical.ts";
import { type FormValues, readForm } from "#domain/workflow/form.ts";
import {
  type SubmissionStep,
  type SubmissionStepId,
  submissionSteps,
} from "#domain/workflow/submission-form.ts";
import {
  isBlank,
  problemsOfRows,
  rowsOf,
  SYSTEM_ROWS_MAX,
  type SystemRow,
  valuesOfRows,
} from "#domain/workflow/system-rows.ts";
import type { Deps } from "../deps.ts";
import { checkAttachment } from "../documents/check-attachment.ts";
import { submittable } from "../requests/submittable.ts";
import { problemsBeyondForm } from "./beyond-form.ts";
import { foundIn } from "./found-in.ts";
import { newToken } from "./seal.ts";
import { type KeptDraft, type KeptLetter, keep, readKept, roomForLetter } from "./store.ts";

const LETTER_FIELD = "surat";

export type StepIntent =
  /** On to the next step: the answers must be in order. */
  | { readonly kind: "next" }
  /** Kept as they are, to go on another day. */
  | { readonly kind: "later" }
  | { readonly kind: "add-row" }
  | { readonly kind: "drop-row"; readonly at: number };

export interface SaveStepInput {
  readonly slug: string;
  /** Null: the first step of a new draft. */
  readonly token: string | null;
  readonly step: string;
  readonly intent: StepIntent;
  readonly values: FormValues;
  readonly letter: Uint8Array<ArrayBuffer> | null;
}

export interface SavedStep {
  readonly slug: string;
  readonly token: string;
  /** Null after the last step. */
  readonly next: SubmissionStepId | null;
}

/**
 * Keeps the answers of one step. INPUT_INVALID names what to mend and keeps none of the answers, but
 * a letter that was in order: nobody uploads it twice.
 */
export async function saveStep(deps: Deps, input: SaveStepInput): Promise<SavedStep> {
  const draft = input.token === null ? null : await readKept(deps, input.token);
  const { sop } = submittable(deps, draft?.slug ?? input.slug);
  const before: Pick<KeptDraft, "values" | "letter"> = draft ?? {
    values: sop.jenisPermohonan.length === 1 ? { jenis: [...sop.jenisPermohonan] } : {},
    letter: null,
  };
  const kind = before.values["jenis"]?.[0] ?? "";
  const step = submissionSteps(sop, kind).find(({ id }) => id === input.step);
  if (!step) throw new AppError("NOT_FOUND", "no such step");
  const token = input.token ?? newToken(deps.randomBytes);

  const problems: FieldProblem[] = [];
  const letter = await letterOf(deps, step, input, before.letter, problems);
  const answers = { ...before.values, ...answersOf(step, input) };
  const save = (values: KeptDraft["values"]) =>
    keep(deps, token, { slug: sop.slug, values, letter: letter.kept }, letter.bytes);

  if (input.intent.kind === "next") {
    problems.unshift(...problemsOf(step, input.values));
    problems.push(...(await problemsBeyondForm(deps, sop, named(answers, step))));
  }
  if (problems.length > 0) {
    if (draft && letter.bytes) await save(before.values);
    throw new AppError("INPUT_INVALID", `step ${step.id}`, { problems });
  }
  await save(answers);
  const steps = submissionSteps(sop, answers["jenis"]?.[0] ?? kind);
  const at = steps.findIndex(({ id }) => id === step.id);
  return { slug: sop.slug, token, next: steps[at + 1]?.id ?? null };
}

/** What was typed, in bounds, so that "later" keeps also what is not in order yet. */
function answersOf(step: SubmissionStep, input: SaveStepInput): Record<string, string[]> {
  if (step.id === "sistem") return valuesOfRows(rowsAfter(rowsOf(input.values), input.intent));
  return Object.fromEntries(
    step.fields
      .filter(({ type }) => type !== "file")
      .map(({ name, maxLength }) => [
        name,
        [([input.values[name] ?? ""].flat()[0] ?? "").trim().slice(0, maxLength)],
      ]),
  );
}

function rowsAfter(rows: readonly SystemRow[], intent: StepIntent): SystemRow[] {
  const blank = { name: "", kind: "", note: "" };
  switch (intent.kind) {
    case "add-row":
      return [...rows, blank].slice(0, SYSTEM_ROWS_MAX);
    case "drop-row":
      return rows.filter((_, at) => at !== intent.at);
    default:
      return rows.filter((row) => !isBlank(row)).slice(0, SYSTEM_ROWS_MAX);
  }
}

function problemsOf(step: SubmissionStep, values: FormValues): FieldProblem[] {
  if (step.id === "sistem") return problemsOfRows(rowsOf(values));
  return readForm(step.fields, values).problems;
}

/** Only what this step asks, since the other steps were judged on their own pages. */
function named(answers: Readonly<Record<string, readonly string[]>>, step: SubmissionStep) {
  return Object.fromEntries(
    step.fields.map(({ name }) => [name, answers[name]?.[0] ?? ""] as const),
  );
}

async function letterOf(
  deps: Deps,
  step: SubmissionStep,
  { letter, values }: SaveStepInput,
  before: KeptLetter | null,
  problems: FieldProblem[],
): Promise<{ readonly kept: KeptLetter | null; readonly bytes: Uint8Array | null | undefined }> {
  const asked = step.fields.some(({ name }) => name === LETTER_FIELD);
  if (!asked) return { kept: before, bytes: undefined };
  if (!letter) {
    const dropped = [values["hapusSurat"] ?? ""].flat()[0] === "1";
    return dropped ? { kept: null, bytes: null } : { kept: before, bytes: undefined };
  }
  try {
    const { mime } = await checkAttachment(LETTER_FIELD, letter);
    await roomForLetter(deps, letter.length);
    const found = await foundIn(letter, mime);
    const kept = { mime, bytes: letter.length, sha256: await sha256Hex(letter), found };
    return { kept, bytes: letter };
  } catch (error) {
    if (!(error instanceof AppError) || error.problems.length === 0) throw error;
    problems.push(...error.problems);
    return { kept: before, bytes: undefined };
  }
}
