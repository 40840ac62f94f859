import type { Statement } from "#db/client.ts";
import { AppError, ERRORS } from "#domain/errors.ts";
import { decidePpid, type PpidCommand } from "#domain/ppid/decide.ts";
import {
  answerForm,
  EXTENSION_FORM,
  OBJECTION_ANSWER_FORM,
  OBJECTION_FORM,
  WITHDRAWAL_FORM,
} from "#domain/ppid/forms.ts";
import { DenialReason, Ground, type Officer, Outcome } from "#domain/ppid/types.ts";
import { type Field, type FormValues, readForm } from "#domain/workflow/form.ts";
import type { Ctx, Deps } from "../deps.ts";
import { answersOf, sealContent } from "../requests/content.ts";
import { type OpenedPpid, openPpid } from "./access.ts";
import { attachmentOf } from "./attachment.ts";
import { appendPpid } from "./store.ts";
import { excludedOptions } from "./view.ts";

export const PPID_DECISIONS = [
  "extend",
  "answer",
  "object",
  "answer_objection",
  "withdraw",
] as const;

export interface PpidDecideInput {
  readonly ref: string;
  /** Head the person saw. */
  readonly seen: string;
  readonly decision: (typeof PPID_DECISIONS)[number];
  readonly values: FormValues;
  readonly file: Uint8Array<ArrayBuffer> | null;
}

interface Prepared {
  readonly command: PpidCommand;
  readonly also: readonly Statement[];
}

/** One step of a request for information, by whoever may take it. Bad input changes nothing. */
export async function decideInformation(
  deps: Deps,
  ctx: Ctx,
  input: PpidDecideInput,
): Promise<{ readonly ref: string }> {
  const opened = await openPpid(deps, ctx, input.ref);
  const { row, state, agency, events } = opened;
  if (input.seen !== row.head) throw new AppError("WORKFLOW_STALE", "another head was seen");
  const at = deps.now();
  const { command, also } = await prepare(deps, opened, input, at);
  const decision = decidePpid(agency.calendar, state, command, at);
  if (!decision.ok) {
    const field = decision.code === "PPID_REASON" ? "alasanTolak" : null;
    const problems = field === null ? [] : [{ field, pesan: ERRORS[decision.code].pesan }];
    throw new AppError(decision.code, `${input.decision} of ${row.id}`, { problems });
  }
  await appendPpid(deps, {
    id: row.id,
    seen: events,
    event: decision.event,
    at,
    also,
    opening: row,
  });
  deps.log("information_decided", { request: row.id, decision: input.decision });
  return { ref: input.ref };
}

async function prepare(
  deps: Deps,
  opened: OpenedPpid,
  input: PpidDecideInput,
  at: Date,
): Promise<Prepared> {
  switch (input.decision) {
    case "extend": {
      const by = allowed(opened.officer);
      const { content, also } = await sealed(deps, opened, input, EXTENSION_FORM);
      return { command: { type: "extended", by, content }, also };
    }
    case "answer": {
      const by = allowed(opened.officer);
      const { values, content, also } = await sealed(
        deps,
        opened,
        input,
        answerForm(excludedOptions(deps, opened.agency.id)),
      );
      const outcome = Outcome.parse(values["putusan"]);
      const reason =
        values["alasanTolak"] === "" ? null : DenialReason.parse(values["alasanTolak"]);
      const file = await answerFile(deps, opened, input, at);
      const documents = [...file.refs];
      const command = { type: "answered" as const, by, outcome, reason, content, documents };
      return { command, also: [...also, ...file.also] };
    }
    case "answer_objection": {
      const by = allowed(opened.superior);
      const { values, content, also } = await sealed(deps, opened, input, OBJECTION_ANSWER_FORM);
      const outcome = Outcome.parse(values["putusan"]);
      const file = await answerFile(deps, opened, input, at);
      const documents = [...file.refs];
      const command = { type: "objection_answered" as const, by, outcome, content, documents };
      return { command, also: [...also, ...file.also] };
    }
    case "object": {
      ofRequester(opened);
      const { values, content, also } = await sealed(deps, opened, input, OBJECTION_FORM);
      const ground = Ground.parse(values["alasanKeberatan"]);
      return { command: { type: "objected", ground, content }, also };
    }
    case "withdraw": {
      ofRequester(opened);
      const { content, also } = await sealed(deps, opened, input, WITHDRAWAL_FORM);
      return { command: { type: "withdrawn", content }, also };
    }
  }
}

function allowed(officer: Officer | null): Officer {
  if (!officer) throw new AppError("WORKFLOW_WRONG_PERSON", "not the officer of this part");
  return officer;
}

function ofRequester(opened: OpenedPpid): void {
  if (!opened.requester) throw new AppError("WORKFLOW_WRONG_PERSON", "only the requester");
}

async function sealed(
  deps: Deps,
  { row }: OpenedPpid,
  input: PpidDecideInput,
  fields: readonly Field[],
) {
  const { values, problems } = readForm(fields, input.values);
  if (problems.length > 0) throw new AppError("INPUT_INVALID", input.decision, { problems });
  const content = await sealContent(deps, { request: row.id, answers: answersOf(fields, values) });
  return { values, content: content.ref, also: [content.statement] };
}

function answerFile(deps: Deps, { row }: OpenedPpid, { file }: PpidDecideInput, at: Date) {
  const title = "Berkas jawaban";
  return attachmentOf(deps, { id: row.id, field: "berkas", title, bytes: file, at });
}
