import type { Statement } from "#db/client.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { WorkflowEvent } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import type { Projection, RunningSop } from "../requests/project.ts";
import { noticesOfFollowUp } from "./of-follow-up.ts";
import { ACT_NOTICES, withdrawStatement } from "./outbox.ts";
import { type TellDeps, type Told, tellOfficials, tellRequester, tellRole } from "./tell.ts";
import { webhookStatements } from "./webhooks.ts";

export interface Change {
  readonly running: RunningSop;
  readonly before: Projection | null;
  readonly after: Projection;
  readonly events: readonly WorkflowEvent[];
  readonly at: Date;
}

/** What new events of a request are to be told, and to whom; written in the same batch as they. */
export async function noticesOfChange(
  deps: TellDeps & Pick<Deps, "webhooks">,
  { running, before, after, events, at }: Change,
): Promise<Statement[]> {
  const told: Told = { running, row: after.row, at, occasion: String(after.row.version) };
  const { act } = after.state;
  const returned = events.some(({ type }) => type === "returned");
  const moved = act !== before?.state.act || returned;
  const statements = [
    ...(moved && before && deps.mail ? [withdrawStatement(deps, after.row.id, ACT_NOTICES)] : []),
    ...webhookStatements(deps, { row: after.row, events, at }),
  ];
  for (const event of events) {
    statements.push(
      ...(await noticesOfEvent(deps, told, event)),
      ...(await noticesOfFollowUp(deps, told, after.state, event)),
    );
  }
  if (act === null || !moved) return statements;
  const { oleh } = positionOf(running.sop, act).act;
  // A return to their own act is told to the pemohon as such already.
  if (returned && roleOf(running.sop, oleh).pemohon) return statements;
  statements.push(...(await tellRole(deps, told, oleh, "turn")));
  return statements;
}

async function noticesOfEvent(
  deps: TellDeps,
  told: Told,
  event: WorkflowEvent,
): Promise<Statement[]> {
  const { sop } = told.running;
  switch (event.type) {
    case "submitted":
      return tellRequester(deps, told, "received");
    case "asked":
    case "returned":
    case "refused":
    case "completed":
      return tellRequester(deps, told, event.type);
    case "answered": {
      const { act } = told.row;
      const role = act === null ? null : positionOf(sop, act).act.oleh;
      return role === null ? [] : tellOfficials(deps, told, [role], "answered");
    }
    case "act_performed":
      return positionOf(sop, event.act).act.jenis === "perencanaan"
        ? tellRequester(deps, told, "planned")
        : [];
    default:
      return [];
  }
}
