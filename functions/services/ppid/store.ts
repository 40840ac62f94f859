import { asc, eq } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { brokenPromise } from "#db/guard.ts";
import { ppidEvents, ppidRequests } from "#db/schema/ppid.ts";
import { AppError, invariant } from "#domain/errors.ts";
import { ppidChain, type SealedPpidEvent } from "#domain/ppid/chain.ts";
import { evolvePpid } from "#domain/ppid/decide.ts";
import type { PpidEvent, PpidState } from "#domain/ppid/types.ts";
import type { Deps } from "../deps.ts";

export type PpidRow = typeof ppidRequests.$inferSelect;

export interface LoadedPpid {
  readonly row: PpidRow;
  readonly state: PpidState;
  readonly events: readonly SealedPpidEvent[];
}

/** A request for information from its events, every link checked. NOT_FOUND where there is none. */
export async function loadPpid(deps: Pick<Deps, "db">, id: string): Promise<LoadedPpid> {
  const { orm } = deps.db;
  const [row] = await orm.select().from(ppidRequests).where(eq(ppidRequests.id, id));
  if (!row) throw new AppError("NOT_FOUND", "no such request for information");
  const stored = await orm
    .select({ bytes: ppidEvents.bytes, hash: ppidEvents.hash })
    .from(ppidEvents)
    .where(eq(ppidEvents.stream, id))
    .orderBy(asc(ppidEvents.version));
  const events = await ppidChain.open(id, stored);
  return { row, events, state: stateAfter(events) };
}

export function stateAfter(events: readonly SealedPpidEvent[]): PpidState {
  let state: PpidState | null = null;
  for (const { stored } of events) state = evolvePpid(state, stored.event, stored.at);
  invariant(state, "a stream is never empty");
  return state;
}

/** One more event and the projection, in one batch. WORKFLOW_STALE where another was first. */
export async function appendPpid(
  deps: Pick<Deps, "db">,
  input: {
    readonly id: string;
    readonly seen: readonly SealedPpidEvent[];
    readonly event: PpidEvent;
    readonly at: Date;
    readonly also: readonly Statement[];
    /** What the projection keeps of the first event. */
    readonly opening: Pick<PpidRow, "requestContent" | "year" | "registerNumber">;
  },
): Promise<void> {
  const { id, seen, at } = input;
  const { orm } = deps.db;
  const after = { version: seen.length, head: seen.at(-1)?.hash ?? "" };
  const sealed = await ppidChain.seal(id, after, at, [input.event]);
  const state = stateAfter([...seen, ...sealed]);
  const row: PpidRow = {
    id,
    agency: state.agency,
    status: state.status,
    state,
    version: seen.length + sealed.length,
    head: sealed.at(-1)?.hash ?? after.head,
    requestedAt: state.requestedAt,
    requestContent: input.opening.requestContent,
    year: input.opening.year,
    registerNumber: input.opening.registerNumber,
  };
  try {
    await deps.db.write([
      ...input.also,
      orm.insert(ppidEvents).values(
        sealed.map(({ bytes, hash, stored }) => ({
          stream: id,
          version: stored.version,
          bytes,
          hash,
        })),
      ),
      orm.delete(ppidRequests).where(eq(ppidRequests.id, id)),
      orm.insert(ppidRequests).values(row),
    ]);
  } catch (error) {
    if (brokenPromise(error) !== "unique") throw error;
    throw new AppError("WORKFLOW_STALE", `${id} or its register went on`, { cause: error });
  }
}
