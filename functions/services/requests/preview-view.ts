import { eq } from "drizzle-orm";
import { jobs } from "#db/schema/jobs.ts";
import { ERRORS, type ErrorCode } from "#domain/errors.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import { canonicalJson } from "#domain/trust/canonical.ts";
import { agentIsBusy } from "#domain/workflow/agent-work.ts";
import { barredFrom } from "#domain/workflow/decide.ts";
import { type Previewable, previewable } from "#domain/workflow/preview.ts";
import { previewSentence } from "#domain/workflow/preview-words.ts";
import type { PreviewedTarget, PreviewView } from "#domain/workflow/view.ts";
import type { JobResult } from "#protocol/v1.ts";
import type { Ctx, Deps } from "../deps.ts";
import { ageText } from "../words.ts";
import { actorFor, type OpenedRequest } from "./access.ts";
import { formOf } from "./act-form.ts";
import { storedResult } from "./evidence.ts";
import { newestEvent, sentenceOfError } from "./job-views.ts";

/** What officials are told of a preview, while a restore may still be started; null else. */
export async function previewOf(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
): Promise<PreviewView | null> {
  const { state, running, official } = opened;
  const restore = previewable(running.sop, state);
  if (!official || (!restore && state.preview?.phase !== "started")) return null;
  const why = restore ? whyNot(ctx, opened) : "WORKFLOW_PREVIEW";
  return {
    fields: restore && why === null ? await fieldsOf(deps, opened, restore) : [],
    mayStart: why === null && !agentIsBusy(state),
    mayNot: why && ERRORS[why].pesan,
    newest: await newestOf(deps, opened, restore),
  };
}

function whyNot(ctx: Ctx, opened: OpenedRequest): ErrorCode | null {
  const { state, running } = opened;
  if (state.act === null) return "WORKFLOW_PREVIEW";
  const { act } = positionOf(running.sop, state.act);
  if (roleOf(running.sop, act.oleh).pemohon) return "WORKFLOW_WRONG_PERSON";
  const by = actorFor(ctx, opened, running.sop, act);
  return by ? barredFrom(running.sop, state, act, by) : "WORKFLOW_WRONG_PERSON";
}

async function fieldsOf(deps: Deps, { state, running }: OpenedRequest, restore: Previewable) {
  if (restore.choices !== null) return [];
  const { act } = positionOf(running.sop, restore.act);
  const { sop } = running;
  const { fields } = await formOf(deps, { sop, act, kind: state.kind, phase: "start" });
  return fields;
}

async function newestOf(
  deps: Pick<Deps, "db" | "now">,
  { state }: OpenedRequest,
  restore: Previewable | null,
): Promise<PreviewView["newest"]> {
  const { preview } = state;
  if (!preview) return null;
  const [job] = await deps.db.orm.select().from(jobs).where(eq(jobs.id, preview.job));
  if (!job) return null;
  const news = await newestEvent(deps, job.id);
  const result = storedResult(job.result);
  const looked = canonicalJson(preview.choices);
  return {
    job: job.id,
    state: job.state,
    percent: news?.percent ?? null,
    message: news?.message ?? null,
    error: job.error === null ? null : sentenceOfError(job.error),
    finishedAt: job.finishedAt,
    // Where the open act still chooses, nothing is fixed that it could differ from.
    current: !restore || looked === canonicalJson(restore.choices ?? preview.choices),
    targets: (result?.targets ?? []).flatMap((target) => targetOf(deps, target) ?? []),
  };
}

function targetOf(
  { now }: Pick<Deps, "now">,
  { alias, engine, backup, preview }: JobResult["targets"][number],
): PreviewedTarget | null {
  if (!preview) return null;
  const { live, total, units, changedUnits, equalUnits, objects, definitions } = preview;
  return {
    alias,
    engine,
    backup: backup && {
      finishedAt: backup.finishedAt,
      age: ageText(new Date(backup.finishedAt), now()),
    },
    live,
    sentence: previewSentence(engine, live, total),
    total,
    units,
    unlisted: Math.max(0, changedUnits - units.length),
    equalUnits,
    objects,
    definitions,
    unlistedDefinitions: Math.max(0, preview.changedDefinitions - definitions.length),
  };
}
