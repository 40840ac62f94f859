import type { StandardTime } from "../calendar/types.ts";
import { invariant } from "../errors.ts";
import type { Sop, SopAct, SopRole, SopStep } from "./schema.ts";

/** Where an act stands in the procedure. */
export interface Position {
  readonly step: SopStep;
  readonly act: SopAct;
}

/** All acts in printed order. */
export function positions(sop: Sop): Position[] {
  return sop.langkah.flatMap((step) => step.tindakan.map((act) => ({ step, act })));
}

export function positionOf(sop: Sop, actId: string): Position {
  const found = positions(sop).find((position) => position.act.id === actId);
  invariant(found, `act ${actId} is not in ${sop.slug}`);
  return found;
}

export function firstAct(sop: Sop): SopAct {
  const first = positions(sop)[0];
  invariant(first, `${sop.slug} has no act`);
  return first.act;
}

/** The act after `actId`; null where the procedure ends. `branch` is the exit chosen at a decision. */
export function nextAct(sop: Sop, actId: string, branch: string | null = null): SopAct | null {
  const { step } = positionOf(sop, actId);
  const inStep = step.tindakan.findIndex((act) => act.id === actId);
  const later = step.tindakan[inStep + 1];
  if (later) return later;
  const exit = step.cabang.find((candidate) => candidate.label === branch);
  const next = exit
    ? sop.langkah.findIndex((candidate) => candidate.no === exit.ke)
    : sop.langkah.indexOf(step) + 1;
  // A bare "Mulai" or "Selesai" has a row but nothing to do.
  return sop.langkah.slice(next).find((later) => later.tindakan.length > 0)?.tindakan[0] ?? null;
}

/** The standard time of a step; null where the source prints none, or words instead. */
export function standardTimeOf({ waktu }: Pick<SopStep, "waktu">): StandardTime | null {
  if (waktu === null || waktu.nilai === null || waktu.satuan === null) return null;
  return { value: waktu.nilai, unit: waktu.satuan };
}

/** The exit of a decision that leads to its own or an earlier step; null for any other. */
export function wayBack(step: SopStep, branch: string | null): SopStep["cabang"][number] | null {
  return step.cabang.find(({ label, ke }) => label === branch && ke <= step.no) ?? null;
}

export function closesStep(step: SopStep, actId: string): boolean {
  return step.tindakan.at(-1)?.id === actId;
}

export function roleOf(sop: Sop, roleId: string): SopRole {
  const role = sop.pelaksana.flatMap((column) => column.peran).find((one) => one.id === roleId);
  invariant(role, `role ${roleId} is not in ${sop.slug}`);
  return role;
}

/** The act that closing `membekukan` fixes the JobSpec for: the next one that works on the target. */
export function frozenAct(sop: Sop, freezingActId: string): SopAct | null {
  const all = positions(sop).map((position) => position.act);
  const at = all.findIndex((act) => act.id === freezingActId);
  return all.slice(at + 1).find((act) => act.tugasAgen === "sesuai-permohonan") ?? null;
}
