import type { FormDraft } from "../../functions/services/services.ts";

/** What is to be mended of one field of a refused form. */
export function problemIn(draft: FormDraft | null): (name: string) => string | undefined {
  return (name) => draft?.problems.find((problem) => problem.field === name)?.pesan;
}
