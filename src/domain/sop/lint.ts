/**
 * What must hold inside one SOP beyond the shape of its fields: references point at something, every
 * step is reached and ends, and where requests run by it, it can run.
 */
import type { Finding } from "./finding.ts";
import { lintAnchors } from "./lint-anchors.ts";
import { lintFlow } from "./lint-flow.ts";
import { lintReferences } from "./lint-references.ts";
import { lintService } from "./lint-service.ts";
import type { Sop } from "./schema.ts";

export function lintSop(sop: Sop): Finding[] {
  return [...lintReferences(sop), ...lintFlow(sop), ...lintService(sop), ...lintAnchors(sop)];
}
