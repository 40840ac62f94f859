/**
 * What must hold inside one SOP beyond the shape of its fields, so that it can run: references point
 * at something, every step is reached and ends, the agent's work has targets and is approved first.
 */
import type { Finding } from "./finding.ts";
import { lintAgentWork } from "./lint-agent-work.ts";
import { lintFlow } from "./lint-flow.ts";
import { lintReferences } from "./lint-references.ts";
import type { Sop } from "./schema.ts";

export function lintSop(sop: Sop): Finding[] {
  return [...lintReferences(sop), ...lintFlow(sop), ...lintAgentWork(sop)];
}
