import type { Statement } from "#db/client.ts";
import { jobSpecs } from "#db/schema/jobs.ts";
import { AppError } from "#domain/errors.ts";
import { canonicalJson, type Json, sha256Hex } from "#domain/trust/canonical.ts";
import type { Choice, JobAction, PreparedJob } from "#domain/workflow/types.ts";
import { JobSpec } from "#protocol/v1.ts";
import type { Deps } from "../deps.ts";
import { offeredTargets } from "./offered-targets.ts";

/** A frozen order may wait this long for its step; afterwards a new plan is needed. */
export const ORDER_VALID_MS = 30 * 24 * 60 * 60_000;

export interface MadeSpec {
  readonly prepared: PreparedJob;
  readonly agent: string;
  readonly statement: Statement;
}

/**
 * Fixes what the agent is to do. WORKFLOW_TARGET unless every choice is offered now, by one agent,
 * for this very action. ASSET_UNREGISTERED where it would restore what no active asset stands for.
 */
export async function makeSpec(
  deps: Deps,
  input: {
    readonly request: string;
    readonly agency: string;
    readonly sop: { readonly slug: string; readonly digest: string };
    readonly act: string;
    readonly action: JobAction;
    readonly choices: readonly Choice[];
    readonly at: Date;
  },
): Promise<MadeSpec> {
  const { action, choices, at } = input;
  const offered = await offeredTargets(deps, { agency: input.agency, action });
  const chosen = choices.map((choice) =>
    offered.find((one) => one.choice.alias === choice.alias && one.choice.backup === choice.backup),
  );
  const agent = chosen[0]?.agent;
  if (agent === undefined || chosen.some((one) => one?.agent !== agent)) {
    throw new AppError("WORKFLOW_TARGET", "a choice is not offered, or by another agent");
  }
  const strangers = chosen.flatMap((one) => (one?.refused ? [one.choice.alias] : []));
  if (strangers.length > 0) {
    throw new AppError("ASSET_UNREGISTERED", "a target belongs to no active asset", {
      problems: strangers.map((alias) => ({
        field: "sasaran",
        pesan: `Server di balik sasaran ${alias} belum ada di register aset. Daftarkan di Ruang kerja, Aset, lalu pilih lagi.`,
      })),
    });
  }
  const job = deps.newId();
  const spec: JobSpec = {
    v: 1,
    job,
    request: input.request,
    sop: input.sop,
    act: input.act,
    action,
    choices: [...choices],
    manifests: Object.fromEntries(
      chosen.flatMap((one) =>
        one?.choice.backup && one.manifest ? [[one.choice.backup, one.manifest]] : [],
      ),
    ),
    agent,
    createdAt: at.toISOString(),
    notAfter: new Date(at.getTime() + ORDER_VALID_MS).toISOString(),
    destructive: action === "restore",
  };
  const bytes = canonicalJson(JobSpec.parse(spec) as Json);
  const digest = await sha256Hex(bytes);
  return {
    prepared: { job, action, digest },
    agent,
    statement: deps.db.orm.insert(jobSpecs).values({
      job,
      request: input.request,
      act: input.act,
      action,
      agent,
      digest,
      spec: bytes,
      createdAt: at.toISOString(),
    }),
  };
}
