import { AppError } from "#domain/errors.ts";
import { isDestructive } from "#domain/workflow/agent-work.ts";
import type { Choice, JobAction } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { offeredTargets } from "./offered-targets.ts";
import { type MadeSpec, sealSpec } from "./seal-spec.ts";

/** A frozen order may wait this long for its step; afterwards a new plan is needed. */
export const ORDER_VALID_MS = 30 * 24 * 60 * 60_000;

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
  // A preview is a part of a restore: who may not restore a target may not look into its backups.
  const allowed = action === "preview" ? "restore" : action;
  const offered = await offeredTargets(deps, { agency: input.agency, action: allowed });
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
  return sealSpec(deps, {
    v: 1,
    job: deps.newId(),
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
    destructive: isDestructive(action),
    restored: null,
  });
}
