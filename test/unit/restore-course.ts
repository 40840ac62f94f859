/** A restore under the sample SOP, command by command, with what is outside the SOP around it. */
import { positions } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { decide } from "#domain/workflow/decide.ts";
import { evolve, replay } from "#domain/workflow/evolve.ts";
import type { Actor, Command, RequestState, WorkflowEvent } from "#domain/workflow/types.ts";
import { sampleSop } from "#support/sample-sop.ts";

export const hash = "0".repeat(64);
export const content = { id: "c1", commitment: hash };
export const actor = (person: string, jabatan: string): Actor => ({
  person,
  jabatan,
  capacity: jabatan === "pemohon" ? "pemohon" : "definitif",
});
export const pemohon = actor("pemohon:1", "pemohon");
export const kabid = actor("budi", "kabid");
export const teknisi = actor("sari", "teknisi");
export const auditor = actor("rina", "auditor");
export const choices = [{ alias: "db", backup: "b1" }];

export const submitted = (sop: Sop): WorkflowEvent => ({
  type: "submitted",
  act: positions(sop)[0]?.act.id ?? "",
  kind: "restore",
  sop: { slug: sop.slug, digest: hash },
  by: pemohon,
  content,
  documents: [],
});
export const perform = (act: string, by: Actor): Command => ({
  type: "perform",
  act,
  by,
  ticks: [0, 1],
  content: null,
  documents: [],
  branch: act === "putuskan" ? "Ya" : null,
  choices: act === "rencana" ? choices : null,
  freeze: act === "rencana" ? { job: "j1", action: "restore", digest: hash } : null,
});
export const start = (by = teknisi): Command => ({
  type: "start_job",
  act: "laksana",
  by,
  choices: null,
  prepared: null,
});
export const finish = (job: string, outcome: "succeeded" | "failed" = "succeeded"): Command => ({
  type: "finish_job",
  job,
  outcome,
  result: hash,
});
export const preview = (job: string, by = teknisi, act = "laksana"): Command => ({
  type: "start_preview",
  act,
  by,
  choices: null,
  prepared: { job, action: "preview", digest: hash },
});
export const ask = (action: "rollback" | "drop", job: string, by = teknisi): Command => ({
  type: "ask_follow_up",
  restored: "j1",
  action,
  by,
  content,
  prepared: { job, action, digest: hash },
});
export const approve = (job: string, by = kabid, digest = hash): Command => ({
  type: "approve_follow_up",
  job,
  digest,
  by,
});
export const decline = (job: string, by = kabid): Command => ({
  type: "decline_follow_up",
  job,
  by,
  content,
});
export const withdraw = (job: string, by = teknisi): Command => ({
  type: "withdraw_follow_up",
  job,
  by,
});

export const planned = [perform("putuskan", kabid), perform("rencana", teknisi)];
export const restored = [...planned, start(), finish("j1")];
export const completed = [
  ...restored,
  perform("laksana", teknisi),
  perform("periksa", auditor),
  perform("terima", pemohon),
];

export function courseOf(commands: readonly Command[], sop = sampleSop()) {
  const events = [submitted(sop)];
  let state = replay(sop, events) as RequestState;
  for (const command of commands) {
    const decision = decide(sop, state, command);
    if (!decision.ok) throw new Error(`${command.type} was refused: ${decision.code}`);
    for (const event of decision.events) state = evolve(sop, state, event);
    events.push(...decision.events);
  }
  return { state, events };
}
export const stateAfter = (...commands: Command[]) => courseOf(commands).state;
export const codeOf = (state: RequestState, command: Command, sop = sampleSop()): string => {
  const decision = decide(sop, state, command);
  return decision.ok ? "ok" : decision.code;
};
