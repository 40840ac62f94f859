import type { ErrorCode } from "../errors.ts";
import type { WorkflowEvent } from "./types.ts";

export type Decision =
  | { readonly ok: true; readonly events: readonly WorkflowEvent[] }
  | { readonly ok: false; readonly code: ErrorCode };

export function refusal(code: ErrorCode): Decision {
  return { ok: false, code };
}

export function events(...list: WorkflowEvent[]): Decision {
  return { ok: true, events: list };
}
