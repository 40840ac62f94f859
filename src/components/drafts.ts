import type { FormDraft } from "../../functions/services/services.ts";

/** Whether a refused form was the pemohon's cancellation, which stands apart from the act's form. */
export function isCancellation(draft: FormDraft | null): boolean {
  const { decision } = draft?.values ?? {};
  return [decision ?? []].flat()[0] === "cancel";
}
