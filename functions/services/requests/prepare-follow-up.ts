import { AppError } from "#domain/errors.ts";
import {
  approverRole,
  isOfficialPosition,
  mayWithdraw,
  openFollowUp,
  whyNotAnswered,
  whyNotAsked,
} from "#domain/workflow/follow-up.ts";
import { FOLLOW_UP_FIELD, type FormValues } from "#domain/workflow/form.ts";
import type { FollowUpAction } from "#domain/workflow/types.ts";
import type { Ctx, Deps } from "../deps.ts";
import { followSpec } from "../jobs/follow-spec.ts";
import { readyJob } from "../jobs/ready-job.ts";
import { type OpenedRequest, officialFor } from "./access.ts";
import { only, type Prepared, reasonOf } from "./prepared.ts";
import { restoredSince } from "./restored-since.ts";

/** Somebody asks what is to become of the copy that a restore has kept. */
export async function prepareAsked(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
  input: { readonly job: string | null; readonly values: FormValues },
  action: FollowUpAction,
  at: Date,
): Promise<Prepared> {
  const { state, running } = opened;
  const restore = state.restores.find(({ job }) => job === input.job);
  if (!restore) throw new AppError("WORKFLOW_FOLLOW_UP", "no such restore");
  const by = officialFor(ctx, opened, (jabatan) => isOfficialPosition(running.sop, jabatan));
  if (!by) throw new AppError("WORKFLOW_WRONG_PERSON", `${action} by no official`);
  const why = whyNotAsked(state, restore, action);
  if (why) throw new AppError(why, `${action} of ${restore.job}`);
  if (action === "rollback") await mustBeNewest(deps, restore.job);
  const { content } = await reasonOf(deps, opened, [FOLLOW_UP_FIELD], input.values);
  const { prepared, statement } = await followSpec(deps, restore.job, { action, at });
  const asked = { restored: restore.job, action, by, content: content.ref, prepared };
  return {
    command: { type: "ask_follow_up", ...asked },
    also: [content.statement, statement],
    letter: null,
    wake: null,
  };
}

/** Another answers. An approval sends the agent to the very order that was asked for. */
export async function prepareAnswered(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
  input: {
    readonly job: string | null;
    readonly digest: string | null;
    readonly values: FormValues;
  },
  approves: boolean,
  at: Date,
): Promise<Prepared> {
  const { state, running, row } = opened;
  const open = openFollowUp(state);
  if (open?.followUp.job !== input.job) throw new AppError("WORKFLOW_FOLLOW_UP", "not asked");
  const { restore, followUp } = open;
  const { job, action } = followUp;
  const { jabatan } = approverRole(running.sop, restore.act);
  const by = officialFor(ctx, opened, (held) => jabatan.includes(held));
  const why = by ? whyNotAnswered(running.sop, restore, followUp, by) : "WORKFLOW_WRONG_PERSON";
  if (!by || why) throw new AppError(why ?? "WORKFLOW_WRONG_PERSON", `answer to ${job}`);
  if (!approves) {
    const { content } = await reasonOf(deps, opened, [FOLLOW_UP_FIELD], input.values);
    return only({ type: "decline_follow_up", job, by, content: content.ref }, content.statement);
  }
  if (action === "rollback") await mustBeNewest(deps, restore.job);
  const agent = await agentOf(deps, job);
  return {
    command: { type: "approve_follow_up", job, digest: input.digest ?? "", by },
    also: [readyJob(deps, { job, agent, request: row.id, at })],
    letter: null,
    wake: agent,
  };
}

/** Who asked takes it back; the order that was made for it is never given to an agent. */
export function prepareWithdrawn(ctx: Ctx, opened: OpenedRequest, job: string | null): Prepared {
  const { state, running } = opened;
  const followUp = openFollowUp(state)?.followUp;
  if (followUp?.job !== job) throw new AppError("WORKFLOW_FOLLOW_UP", "not asked");
  const by = officialFor(ctx, opened, (jabatan) => isOfficialPosition(running.sop, jabatan));
  if (!by || !mayWithdraw(running.sop, followUp, by)) {
    throw new AppError("WORKFLOW_WRONG_PERSON", `withdrawal of ${followUp.job}`);
  }
  const command = { type: "withdraw_follow_up", job: followUp.job, by } as const;
  return { command, also: [], letter: null, wake: null };
}

/** Behind a newer restore of the same target, of whatever request, lies what that one has kept. */
async function mustBeNewest(deps: Pick<Deps, "db">, restore: string): Promise<void> {
  if (await restoredSince(deps, restore)) throw new AppError("WORKFLOW_RESTORED_SINCE", restore);
}

async function agentOf({ db }: Pick<Deps, "db">, job: string): Promise<string> {
  const found = await db.orm.query.jobSpecs.findFirst({
    columns: { agent: true },
    where: (spec, { eq }) => eq(spec.job, job),
  });
  const agent = await db.orm.query.agents.findFirst({
    columns: { status: true },
    where: (one, { eq }) => eq(one.id, found?.agent ?? ""),
  });
  if (!found || agent?.status !== "approved") {
    throw new AppError("WORKFLOW_TARGET", "the agent of the restore is gone");
  }
  return found.agent;
}
