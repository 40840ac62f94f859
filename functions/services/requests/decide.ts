import { eq } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { requests } from "#db/schema/requests.ts";
import { AppError, ERRORS, type ErrorCode } from "#domain/errors.ts";
import { frozenAct, positionOf } from "#domain/sop/navigate.ts";
import type { SopAct } from "#domain/sop/schema.ts";
import { actionOf } from "#domain/workflow/agent-work.ts";
import { barredFrom, decide } from "#domain/workflow/decide.ts";
import {
  ANSWER_FIELD,
  type FormValues,
  PASSPHRASE_FIELD,
  QUESTION_FIELD,
  REASON_FIELD,
  REFUSAL_FIELD,
} from "#domain/workflow/form.ts";
import {
  type Actor,
  type Command,
  type DocumentRef,
  type PreparedJob,
  RefusalClass,
  type WorkflowEvent,
} from "#domain/workflow/types.ts";
import type { Ctx, Deps } from "../deps.ts";
import { type Issued, issueLetter } from "../documents/issue-letter.ts";
import { frozenOrder } from "../jobs/frozen-order.ts";
import { makeSpec } from "../jobs/make-spec.ts";
import { readyJob } from "../jobs/ready-job.ts";
import { planStatements } from "../planning/plan-of-act.ts";
import { actorFor, type OpenedRequest, openRequest, requesterOf } from "./access.ts";
import { letterOfAct } from "./act-letter.ts";
import { append } from "./append.ts";
import { sealContent } from "./content.ts";
import { prepareAnswered, prepareAsked, prepareWithdrawn } from "./prepare-follow-up.ts";
import { preparePreview } from "./prepare-preview.ts";
import { only, type Prepared, reasonOf } from "./prepared.ts";
import { readActForm } from "./read-act-form.ts";

export const DECISIONS = [
  "perform",
  "start",
  "ask",
  "answer",
  "return",
  "refuse",
  "cancel",
  "preview",
  "ask_rollback",
  "ask_drop",
  "approve",
  "decline",
  "withdraw",
] as const;

export interface DecideInput {
  readonly ref: string;
  readonly act: string;
  /** Head the person saw. */
  readonly seen: string;
  readonly decision: (typeof DECISIONS)[number];
  readonly ticks: readonly number[];
  readonly branch: string | null;
  /** Act to return to. */
  readonly to: string | null;
  /** What is asked about or answered outside the SOP: a restore's job, a follow-up's job. */
  readonly job: string | null;
  /** Of the order that is approved. */
  readonly digest: string | null;
  readonly values: FormValues;
}

/**
 * Takes one act, sends the agent to work, or ends the request outside the SOP. Nothing is written
 * unless the person may act, saw the newest state, and the reducer agrees.
 */
export async function decideRequest(
  deps: Deps,
  ctx: Ctx,
  input: DecideInput,
): Promise<{ readonly ref: string }> {
  const opened = await openRequest(deps, ctx, input.ref);
  const { state, running, row } = opened;
  if (input.seen !== row.head) throw new AppError("WORKFLOW_STALE", "another head was seen");
  const at = deps.now();
  const prepared = await prepare(deps, ctx, opened, input, at);
  const eventsWith = (documents: readonly DocumentRef[]): readonly WorkflowEvent[] => {
    const decision = decide(running.sop, state, withDocuments(prepared.command, documents));
    if (!decision.ok) throw refused(decision.code, input);
    return decision.events;
  };
  const commit = ({ refs, statements }: Issued) =>
    append(deps, {
      stream: row.id,
      running,
      seen: opened.events,
      at,
      events: eventsWith(refs),
      also: [...statements, ...prepared.also, ...plan],
      guardMeans: "WORKFLOW_STALE",
    });
  // What is refused is refused before anything is numbered or signed.
  const plan = await planStatements(deps, opened, {
    events: eventsWith([]),
    values: input.values,
    at,
  });
  if (prepared.letter) {
    const passphrase = [input.values[PASSPHRASE_FIELD.name] ?? ""].flat()[0] || null;
    const stillWanted = () => sameHead(deps, row);
    const issue = { request: row.id, ...prepared.letter, passphrase, at, stillWanted };
    await issueLetter(deps, issue, commit);
  } else {
    await commit({ refs: [], statements: [] });
  }
  deps.log("request_decided", { request: row.id, act: input.act, decision: input.decision });
  deps.progress.changed(row.id);
  if (prepared.wake !== null) deps.hub.wake(prepared.wake);
  return { ref: input.ref };
}

function prepare(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
  input: DecideInput,
  at: Date,
): Promise<Prepared> {
  switch (input.decision) {
    case "cancel":
    case "answer":
      return prepareOfRequester(deps, opened, input, input.decision);
    case "ask_rollback":
    case "ask_drop": {
      const action = input.decision === "ask_drop" ? "drop" : "rollback";
      return prepareAsked(deps, ctx, opened, input, action, at);
    }
    case "approve":
    case "decline":
      return prepareAnswered(deps, ctx, opened, input, input.decision === "approve", at);
    case "withdraw":
      return Promise.resolve(prepareWithdrawn(ctx, opened, input.job));
    default:
      return prepareAct(deps, ctx, opened, input, at);
  }
}

async function prepareAct(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
  input: DecideInput,
  at: Date,
): Promise<Prepared> {
  const { state, running } = opened;
  if (state.status !== "active" || state.act === null) {
    throw new AppError("WORKFLOW_CLOSED", "no act is open");
  }
  if (input.act !== state.act) throw new AppError("WORKFLOW_OUT_OF_TURN", input.act);
  const { act } = positionOf(running.sop, state.act);
  const by = actorFor(ctx, opened, running.sop, act);
  if (!by) throw new AppError("WORKFLOW_WRONG_PERSON", "no part in this act");
  const barred = barredFrom(running.sop, state, act, by);
  if (barred) throw new AppError(barred, `${input.decision} of ${act.id}`);
  switch (input.decision) {
    case "perform":
      return preparePerform(deps, ctx, opened, input, act, by, at);
    case "start":
      return prepareStart(deps, opened, input, act, by, at);
    case "preview":
      return preparePreview(deps, opened, { act, by, values: input.values, at });
    case "ask": {
      const { content } = await reasonOf(deps, opened, [QUESTION_FIELD], input.values);
      return only({ type: "ask", act: act.id, by, content: content.ref }, content.statement);
    }
    case "return": {
      const { content } = await reasonOf(deps, opened, [REASON_FIELD], input.values);
      const command = { act: act.id, by, content: content.ref, to: input.to ?? "" };
      return only({ type: "return", ...command }, content.statement);
    }
    default: {
      const form = [REFUSAL_FIELD, REASON_FIELD];
      const { content, values } = await reasonOf(deps, opened, form, input.values);
      const reason = RefusalClass.parse(values[REFUSAL_FIELD.name]);
      const command = { act: act.id, by, reason, content: content.ref };
      return only({ type: "refuse", ...command }, content.statement);
    }
  }
}

async function preparePerform(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
  input: DecideInput,
  act: SopAct,
  by: Actor,
  at: Date,
): Promise<Prepared> {
  const { state, running, row } = opened;
  const form = await readActForm(deps, opened, act, "close", input.values);
  const content =
    form.answers.length > 0
      ? await sealContent(deps, { request: row.id, answers: form.answers })
      : null;
  const letter = await letterOfAct(deps, ctx, opened, { act, by, answers: form.answers, at });
  const choices = form.choices ?? state.choices;
  const frozen = act.membekukan ? frozenAct(running.sop, act.id) : null;
  const action = frozen && actionOf(frozen, state.kind);
  const spec =
    frozen && action
      ? await makeSpec(deps, {
          request: row.id,
          agency: row.agency,
          sop: { slug: row.slug, digest: row.sopDigest },
          act: frozen.id,
          action,
          choices,
          at,
        })
      : null;
  return {
    command: {
      type: "perform",
      act: act.id,
      by,
      ticks: input.ticks,
      content: content?.ref ?? null,
      documents: [],
      branch: input.branch,
      choices: form.choices,
      freeze: spec?.prepared ?? null,
    },
    also: [content, spec].flatMap((made) => (made ? [made.statement] : [])),
    letter,
    wake: null,
  };
}

async function prepareStart(
  deps: Deps,
  opened: OpenedRequest,
  input: DecideInput,
  act: SopAct,
  by: Actor,
  at: Date,
): Promise<Prepared> {
  const { state, row } = opened;
  const action = actionOf(act, state.kind);
  if (action === null) throw new AppError("WORKFLOW_OUT_OF_TURN", `${act.id} has no agent task`);
  const { choices } = await readActForm(deps, opened, act, "start", input.values);
  let job: { readonly id: string; readonly agent: string } | null = null;
  let prepared: PreparedJob | null = null;
  const also: Statement[] = [];
  if (act.memilihSasaran) {
    const sop = { slug: row.slug, digest: row.sopDigest };
    const request = { request: row.id, agency: row.agency, sop, act: act.id };
    const spec = await makeSpec(deps, { ...request, action, choices: choices ?? [], at });
    prepared = spec.prepared;
    job = { id: spec.prepared.job, agent: spec.agent };
    also.push(spec.statement);
  } else {
    // The reducer says what is wrong where there is none.
    const frozen = state.jobs[act.id]?.job;
    job = frozen === undefined ? null : await frozenOrder(deps, row.agency, frozen);
  }
  if (job) also.push(readyJob(deps, { job: job.id, agent: job.agent, request: row.id, at }));
  return {
    command: { type: "start_job", act: act.id, by, choices, prepared },
    also,
    letter: null,
    wake: job?.agent ?? null,
  };
}

/** What only the pemohon does, whoever's turn it is. */
async function prepareOfRequester(
  deps: Deps,
  opened: OpenedRequest,
  input: DecideInput,
  type: "cancel" | "answer",
): Promise<Prepared> {
  if (opened.state.status !== "active") throw new AppError("WORKFLOW_CLOSED", type);
  if (!opened.requester) throw new AppError("WORKFLOW_WRONG_PERSON", `${type} by another`);
  const form = [type === "cancel" ? REASON_FIELD : ANSWER_FIELD];
  const { content } = await reasonOf(deps, opened, form, input.values);
  const by = requesterOf(opened.row.id);
  return only({ type, by, content: content.ref }, content.statement);
}

/** Where on the form a refusal of the reducer is to be mended. */
const FIELD_OF: Partial<Record<ErrorCode, string>> = {
  WORKFLOW_CHECKLIST: "tick",
  WORKFLOW_BRANCH: "branch",
  WORKFLOW_RETURN_TARGET: "to",
  WORKFLOW_TARGET: "sasaran",
};

function refused(code: ErrorCode, input: DecideInput): AppError {
  const field = FIELD_OF[code];
  return new AppError(code, `${input.decision} of ${input.act}`, {
    problems: field === undefined ? [] : [{ field, pesan: ERRORS[code].pesan }],
  });
}

/** A letter waits for its series; meanwhile the request may have gone on. */
async function sameHead({ db }: Pick<Deps, "db">, { id, head }: OpenedRequest["row"]) {
  const [now] = await db.orm
    .select({ head: requests.head })
    .from(requests)
    .where(eq(requests.id, id));
  if (now?.head !== head) throw new AppError("WORKFLOW_STALE", "another act came first");
}

function withDocuments(command: Command, documents: readonly DocumentRef[]): Command {
  return command.type === "perform" ? { ...command, documents } : command;
}
