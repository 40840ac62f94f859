import { eq } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { brokenPromise } from "#db/guard.ts";
import { requestEvents, requests, stepLog } from "#db/schema/requests.ts";
import { AppError, type ErrorCode } from "#domain/errors.ts";
import { difference } from "#domain/transparency/cells.ts";
import { type SealedEvent, seal } from "#domain/trust/event-chain.ts";
import type { WorkflowEvent } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import { noticesOfChange } from "../notices/of-change.ts";
import type { TellDeps } from "../notices/tell.ts";
import { cellStatements, cellsOfRequest } from "../transparency/cells.ts";
import { type Projection, project, type RunningSop } from "./project.ts";

export interface Append {
  readonly stream: string;
  readonly running: RunningSop;
  /** Events the writer has seen; the new ones follow them or nothing is written. */
  readonly seen: readonly SealedEvent[];
  readonly events: readonly WorkflowEvent[];
  readonly at: Date;
  /** Written in the same batch, before the events: contents, documents, jobs, guards. */
  readonly also: readonly Statement[];
  /** What a broken guard among `also` means. */
  readonly guardMeans?: ErrorCode;
}

/** Appends events and their projections in one batch. WORKFLOW_STALE where another was first. */
export async function append(
  deps: TellDeps & Pick<Deps, "webhooks">,
  input: Append,
): Promise<Projection & { readonly all: readonly SealedEvent[] }> {
  const { stream, running, seen, at } = input;
  const after = { version: seen.length, head: seen.at(-1)?.hash ?? "" };
  const sealed = await seal(stream, after, at, input.events);
  const all = [...seen, ...sealed];
  const projection = project(running, all);
  const before = seen.length === 0 ? null : project(running, seen);
  const counted = before ? cellsOfRequest(running, before) : [];
  const change = difference(counted, cellsOfRequest(running, projection));
  const { events } = input;
  const notices = await noticesOfChange(deps, { running, before, after: projection, events, at });
  const { orm } = deps.db;
  try {
    await deps.db.write([
      ...input.also,
      orm.insert(requestEvents).values(
        sealed.map(({ bytes, hash, stored }) => ({
          stream,
          version: stored.version,
          bytes,
          hash,
        })),
      ),
      ...projectionStatements(deps, projection),
      ...cellStatements(deps.db, change),
      ...notices,
    ]);
  } catch (error) {
    const broken = brokenPromise(error);
    if (broken === "guard" && input.guardMeans) {
      throw new AppError(input.guardMeans, "state changed before the batch", { cause: error });
    }
    if (broken === "unique") {
      throw new AppError("WORKFLOW_STALE", `${stream} went past version ${after.version}`);
    }
    throw error;
  }
  return { ...projection, all };
}

/** Replaces the projection of one request. */
export function projectionStatements(
  deps: Pick<Deps, "db">,
  { row, steps }: Projection,
): Statement[] {
  const { orm } = deps.db;
  return [
    orm.delete(requests).where(eq(requests.id, row.id)),
    orm.insert(requests).values(row),
    orm.delete(stepLog).where(eq(stepLog.request, row.id)),
    orm.insert(stepLog).values([...steps]),
  ];
}
