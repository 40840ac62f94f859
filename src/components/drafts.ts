import type { FormDraft } from "../../functions/services/services.ts";

/** Whether a refused form was the pemohon's cancellation, which stands apart from the act's form. */
export function isCancellation(draft: FormDraft | null): boolean {
  const { decision } = draft?.values ?? {};
  return [decision ?? []].flat()[0] === "cancel";
}

const PREFIXES: Readonly<Record<string, string>> = {
  ask: "tanya",
  return: "kembali",
  refuse: "tolak",
  cancel: "batal",
  preview: "pratinjau",
  ask_rollback: "kembalikan-data",
  ask_drop: "hapus-salinan",
  approve: "setuju",
  decline: "tidak-setuju",
  withdraw: "tarik",
};

/** Which form of the page was refused, as the prefix of its fields' ids. */
export function draftPrefix(draft: FormDraft | null): string {
  const decision = [draft?.values["decision"] ?? []].flat()[0] ?? "";
  return PREFIXES[decision] ?? "isian";
}
