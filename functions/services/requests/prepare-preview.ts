import { AppError } from "#domain/errors.ts";
import type { SopAct } from "#domain/sop/schema.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import { previewable } from "#domain/workflow/preview.ts";
import type { Actor } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { followSpec } from "../jobs/follow-spec.ts";
import { makeSpec } from "../jobs/make-spec.ts";
import { readyJob } from "../jobs/ready-job.ts";
import type { OpenedRequest } from "./access.ts";
import type { Prepared } from "./prepared.ts";
import { readActForm } from "./read-act-form.ts";

/** Sends the agent to a preview of the frozen order, or of what the open act would choose. */
export async function preparePreview(
  deps: Deps,
  opened: OpenedRequest,
  input: {
    readonly act: SopAct;
    readonly by: Actor;
    readonly values: FormValues;
    readonly at: Date;
  },
): Promise<Prepared> {
  const { act, by, values, at } = input;
  const { state, running, row } = opened;
  const restore = previewable(running.sop, state);
  if (!restore) throw new AppError("WORKFLOW_PREVIEW", `preview at ${act.id}`);
  const frozen = restore.choices === null ? undefined : state.jobs[restore.act]?.job;
  const choices =
    restore.choices ?? (await readActForm(deps, opened, act, "start", values)).choices ?? [];
  const spec =
    frozen === undefined
      ? await makeSpec(deps, {
          request: row.id,
          agency: row.agency,
          sop: { slug: row.slug, digest: row.sopDigest },
          act: restore.act,
          action: "preview",
          choices,
          at,
        })
      : await followSpec(deps, frozen, { action: "preview", at });
  const { prepared, agent, statement } = spec;
  return {
    command: { type: "start_preview", act: act.id, by, choices, prepared },
    also: [statement, readyJob(deps, { job: prepared.job, agent, request: row.id, at })],
    letter: null,
    wake: agent,
  };
}
