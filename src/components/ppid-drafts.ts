import type { FormDraft } from "../../functions/services/services.ts";

const PREFIXES: Readonly<Record<string, string>> = {
  object: "keberatan",
  withdraw: "cabut",
  extend: "perpanjang",
  answer: "jawab",
  answer_objection: "tanggap",
};

/** Which of the forms on a page was sent and not taken: the prefix of its fields. */
export function draftOf(draft: FormDraft | null): string {
  const decision = [draft?.values["decision"] ?? ""].flat()[0] ?? "";
  return PREFIXES[decision] ?? "isian";
}
