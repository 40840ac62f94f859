import { AppError } from "#domain/errors.ts";
import { firstAct } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { decide } from "#domain/workflow/decide.ts";
import { type Field, type FormValues, readForm } from "#domain/workflow/form.ts";
import { readSubmission, submissionFields } from "#domain/workflow/submission-form.ts";
import type { RequestState } from "#domain/workflow/types.ts";
import type { Ctx, Deps } from "../deps.ts";
import { problemsBeyondForm } from "../submissions/beyond-form.ts";
import { type OpenedRequest, openRequest, requesterOf } from "./access.ts";
import { formOf } from "./act-form.ts";
import { append } from "./append.ts";
import { type Answer, answersOf, sealContent } from "./content.ts";
import { checkUpload, requestLetter } from "./request-letter.ts";
import { statedBy } from "./stated.ts";

/** What stands in the record where an answer was taken back. */
const EMPTIED = "(dikosongkan)";

export interface CorrectInput {
  readonly ref: string;
  /** Head the person saw. */
  readonly seen: string;
  readonly values: FormValues;
  /** A new letter; null keeps the one that is there. */
  readonly letter: Uint8Array<ArrayBuffer> | null;
}

/**
 * The pemohon's first act once more, after a return: what is wrong is mended in the answers
 * themselves. The record holds what changed, so that the officials read only that anew.
 */
export async function correctRequest(
  deps: Deps,
  ctx: Ctx,
  input: CorrectInput,
): Promise<{ readonly ref: string }> {
  const opened = await openRequest(deps, ctx, input.ref);
  const { state, running, row } = opened;
  if (input.seen !== row.head) throw new AppError("WORKFLOW_STALE", "another head was seen");
  if (!opened.requester) throw new AppError("WORKFLOW_WRONG_PERSON", "corrected by another");
  if (!mendsNow(opened)) throw new AppError("WORKFLOW_OUT_OF_TURN", "nothing was returned");
  const { sop } = running;
  const act = firstAct(sop);
  const before = await statedBy(deps, opened);
  const note = await formOf(deps, { sop, act, kind: state.kind, phase: "close" });
  const told = readForm(note.fields, input.values);
  // What was asked for is what was approved for: the kind of a request never changes.
  const read = readSubmission(sop, { ...input.values, jenis: state.kind });
  const problems = [
    ...told.problems,
    ...read.problems,
    ...(await problemsBeyondForm(deps, sop, read.values)),
  ];
  const upload = await checkUpload(input.letter, problems);
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "correction", { problems });

  const at = deps.now();
  const answers = answersOf(read.fields, read.values);
  const changed = changesBetween(before, answers, mendable(sop, state));
  const content = await sealContent(deps, {
    request: row.id,
    answers: [...answersOf(note.fields, told.values), ...changed],
  });
  const letter =
    upload || changed.length > 0
      ? await requestLetter(deps, { request: row.id, running, answers, upload, at })
      : null;
  const decision = decide(sop, state, {
    type: "perform",
    act: act.id,
    by: requesterOf(row.id),
    ticks: [],
    content: content.ref,
    documents: letter ? [letter.document.ref] : [],
    branch: null,
    choices: null,
    freeze: null,
  });
  if (!decision.ok) throw new AppError(decision.code, "correction");
  if (letter) await deps.files.put(letter.document.bytes);
  await append(deps, {
    stream: row.id,
    running,
    seen: opened.events,
    at,
    events: decision.events,
    also: [content.statement, ...(letter?.statements ?? [])],
  });
  deps.log("request_corrected", { request: row.id, changed: changed.length });
  deps.progress.changed(row.id);
  return { ref: input.ref };
}

/** Whether the request lies with the pemohon to be mended. */
export function mendsNow({ state, running: { sop } }: OpenedRequest): boolean {
  return state.status === "active" && state.act === firstAct(sop).id;
}

/** The fields that may be mended, filled with what was told before. */
export async function correctionForm(deps: Deps, opened: OpenedRequest): Promise<Field[]> {
  const { state, running } = opened;
  const before = await statedBy(deps, opened);
  const act = firstAct(running.sop);
  const note = await formOf(deps, { sop: running.sop, act, kind: state.kind, phase: "close" });
  const fields = mendable(running.sop, state).map((one): Field => {
    if (one.type === "file") {
      return {
        ...one,
        label: "Surat permohonan yang baru",
        hint: "Kosongkan bila suratnya tetap.",
      };
    }
    return { ...one, initial: initialOf(one, before) };
  });
  return [...note.fields, ...fields];
}

function mendable(sop: Sop, { kind }: Pick<RequestState, "kind">): Field[] {
  return submissionFields(sop, kind).filter(({ name }) => name !== "jenis");
}

/** Answers are kept as people read them: a choice by its label. */
function initialOf({ name, options }: Field, answers: readonly Answer[]): string {
  const told = answers.find((answer) => answer.name === name)?.value ?? "";
  if (told === EMPTIED) return "";
  return options.find(({ label }) => label === told)?.value ?? told;
}

function changesBetween(
  before: readonly Answer[],
  after: readonly Answer[],
  fields: readonly Field[],
): Answer[] {
  const of = (answers: readonly Answer[], name: string): string => {
    const value = answers.find((answer) => answer.name === name)?.value ?? "";
    return value === EMPTIED ? "" : value;
  };
  return fields.flatMap(({ name, label }) => {
    const [was, is] = [of(before, name), of(after, name)];
    // Browsers send the ends of lines as CR LF, whatever was stored.
    if (sameLines(was) === sameLines(is)) return [];
    return [{ name, label, value: is === "" ? EMPTIED : is }];
  });
}

function sameLines(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}
