import { inArray } from "drizzle-orm";
import { jobs } from "#db/schema/jobs.ts";
import { ERRORS, type ErrorCode } from "#domain/errors.ts";
import {
  approverRole,
  isOfficialPosition,
  mayWithdraw,
  whyNotAnswered,
  whyNotAsked,
} from "#domain/workflow/follow-up.ts";
import {
  type Actor,
  FollowUpAction,
  type FollowUpInState,
  type RestoreInState,
} from "#domain/workflow/types.ts";
import type { KeptCopyView, TimelineEntry } from "#domain/workflow/view.ts";
import type { Ctx, Deps } from "../deps.ts";
import { type OpenedRequest, officialFor } from "./access.ts";
import { storedResult } from "./evidence.ts";
import { newestEvent, sentenceOfError } from "./job-views.ts";
import { restoredSince } from "./restored-since.ts";

type JobRow = typeof jobs.$inferSelect;

/** What each restore has kept and what may be asked or answered about it; none but for officials. */
export async function keptCopies(
  deps: Pick<Deps, "db">,
  ctx: Ctx,
  opened: OpenedRequest,
  timeline: readonly TimelineEntry[],
): Promise<KeptCopyView[]> {
  const { state, official } = opened;
  if (!official || state.restores.length === 0) return [];
  const ids = state.restores.flatMap(({ job, followUp }) => [job, followUp?.job ?? job]);
  const rows = await deps.db.orm.select().from(jobs).where(inArray(jobs.id, ids));
  const rowOf = (id: string) => rows.find((row) => row.id === id) ?? null;
  return Promise.all(
    state.restores.map((restore) => copyOf(deps, ctx, opened, restore, rowOf, timeline)),
  );
}

async function copyOf(
  deps: Pick<Deps, "db">,
  ctx: Ctx,
  opened: OpenedRequest,
  restore: RestoreInState,
  rowOf: (id: string) => JobRow | null,
  timeline: readonly TimelineEntry[],
): Promise<KeptCopyView> {
  const { sop } = opened.running;
  const { followUp } = restore;
  const role = approverRole(sop, restore.act);
  const made = rowOf(restore.job);
  const targets = (storedResult(made?.result ?? null)?.targets ?? []).flatMap(
    ({ alias, restore: done }) =>
      done
        ? [
            {
              alias,
              kept: done.liveBefore === null ? null : done.kept,
              safetyBackup: done.safetyBackup,
            },
          ]
        : [],
  );
  const asker = officialFor(ctx, opened, (jabatan) => isOfficialPosition(sop, jabatan));
  const answerer = officialFor(ctx, opened, (jabatan) => role.jabatan.includes(jabatan));
  const superseded = await restoredSince(deps, restore.job);
  const asks = asker !== null && isOfficialPosition(sop, asker.jabatan);
  const keeps = targets.some(({ kept }) => kept !== null);
  const mayAsk = FollowUpAction.options.filter(
    (action) =>
      asks &&
      whyNotAsked(opened.state, restore, action) === null &&
      (action === "drop" ? keeps : !superseded),
  );
  const withdraws = followUp !== null && asker !== null && mayWithdraw(sop, followUp, asker);
  // Who asked waits for another: that is said already, and no refusal of theirs.
  const why = withdraws ? "WORKFLOW_OTHER_PERSON" : whyNot(opened, restore, answerer, superseded);
  return {
    restored: restore.job,
    restoredAt: made?.finishedAt ?? null,
    targets,
    state: stateOf(followUp),
    followUp: followUp && (await followUpOf(deps, opened, followUp, rowOf, timeline)),
    approver: role.judul,
    mayAsk,
    mayAnswer: followUp?.phase === "frozen" && why === null,
    mayWithdraw: withdraws,
    mayNot: why && !withdraws ? ERRORS[why].pesan : null,
  };
}

/** Why what is asked cannot be answered by the one who looks, or a rollback not be asked any more. */
function whyNot(
  { state, running }: OpenedRequest,
  restore: RestoreInState,
  by: Actor | null,
  superseded: boolean,
): ErrorCode | null {
  const { followUp } = restore;
  if (followUp?.phase === "frozen") {
    if (!by) return "WORKFLOW_WRONG_PERSON";
    const gone = followUp.action === "rollback" && superseded ? "WORKFLOW_RESTORED_SINCE" : null;
    return whyNotAnswered(running.sop, restore, followUp, by) ?? gone;
  }
  const newest = state.restores.at(-1)?.job === restore.job;
  const open = followUp?.phase !== "succeeded" && followUp?.phase !== "started";
  return open && (superseded || !newest) ? "WORKFLOW_RESTORED_SINCE" : null;
}

function stateOf(followUp: FollowUpInState | null): KeptCopyView["state"] {
  switch (followUp?.phase) {
    case "frozen":
      return "asked";
    case "started":
      return "working";
    case "succeeded":
      return followUp.action === "rollback" ? "rolled_back" : "dropped";
    default:
      return "kept";
  }
}

async function followUpOf(
  deps: Pick<Deps, "db">,
  { events }: OpenedRequest,
  { job, action, digest, phase }: FollowUpInState,
  rowOf: (id: string) => JobRow | null,
  timeline: readonly TimelineEntry[],
): Promise<KeptCopyView["followUp"]> {
  const asked = events.find(
    ({ stored: { event } }) => event.type === "follow_up_asked" && event.job === job,
  )?.stored;
  const line = timeline.find(({ version }) => version === asked?.version);
  const error = rowOf(job)?.error ?? null;
  const news = await newestEvent(deps, job);
  return {
    job,
    action,
    digest,
    askedAt: asked?.at ?? "",
    askedBy: [line?.actorName, line?.actorJabatan].filter(Boolean).join(", "),
    reason: line?.notes[0]?.value ?? null,
    ended: phase === "frozen" || phase === "started" || phase === "succeeded" ? null : phase,
    error: error === null ? null : sentenceOfError(error),
    percent: news?.percent ?? null,
    message: news?.message ?? null,
  };
}
