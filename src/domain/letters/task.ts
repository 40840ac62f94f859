import { positionOf } from "../sop/navigate.ts";
import type { DocumentKind, Sop, SopAct } from "../sop/schema.ts";

/** What an act does with a letter. */
export type LetterTask =
  /** Makes it and signs it. */
  | { readonly does: "sign"; readonly kind: DocumentKind }
  /** Makes it and initials it: a later act of the step signs. */
  | { readonly does: "initial"; readonly kind: DocumentKind }
  /** Signs what an earlier act of the step made. */
  | { readonly does: "endorse"; readonly kind: DocumentKind; readonly madeBy: string };

/**
 * From the SOP's data alone: a document is signed by whoever makes it, unless the same step goes on
 * to a pengesahan; then its maker only initials it, and the pengesahan is the signature.
 */
export function letterTask(sop: Sop, act: SopAct): LetterTask | null {
  const { step } = positionOf(sop, act.id);
  const at = step.tindakan.findIndex(({ id }) => id === act.id);
  if (act.dokumen !== null) {
    const endorsed = step.tindakan.slice(at + 1).some(endorses);
    return { does: endorsed ? "initial" : "sign", kind: act.dokumen };
  }
  if (!endorses(act)) return null;
  const maker = step.tindakan.slice(0, at).findLast(({ dokumen }) => dokumen !== null);
  return maker?.dokumen ? { does: "endorse", kind: maker.dokumen, madeBy: maker.id } : null;
}

function endorses({ jenis, dokumen }: SopAct): boolean {
  return jenis === "pengesahan" && dokumen === null;
}

/** Whether an act ends with somebody's signature under a letter. */
export function signs(sop: Sop, act: SopAct): boolean {
  const task = letterTask(sop, act);
  return task !== null && task.does !== "initial";
}
