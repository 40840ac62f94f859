/** What somebody with the portal's database in their hand could do to it. */
import { asc, eq } from "drizzle-orm";
import { requestEvents, requests } from "#db/schema/requests.ts";
import { openChain, seal } from "#domain/trust/event-chain.ts";
import type { WorkflowEvent } from "#domain/workflow/types.ts";
import type { TestPortal } from "#support/server.ts";
import type { Submitted } from "./office.ts";

export const idOf = ({ ref }: Pick<Submitted, "ref">): string => ref.replaceAll("-", "");

/** Replaces the events of a request and makes every link of their chain hold again. */
export async function rewriteEvents(
  portal: TestPortal,
  request: Pick<Submitted, "ref">,
  change: (event: WorkflowEvent) => WorkflowEvent,
): Promise<void> {
  const { orm } = portal.deps.db;
  const stream = idOf(request);
  const rows = await orm
    .select({ bytes: requestEvents.bytes, hash: requestEvents.hash })
    .from(requestEvents)
    .where(eq(requestEvents.stream, stream))
    .orderBy(asc(requestEvents.version));
  const values: (typeof requestEvents.$inferInsert)[] = [];
  let head = "";
  for (const { stored } of await openChain(stream, rows)) {
    const after = { version: stored.version - 1, head };
    const [sealed] = await seal(stream, after, new Date(stored.at), [change(stored.event)]);
    if (!sealed) throw new Error("nothing was sealed");
    head = sealed.hash;
    values.push({ stream, version: stored.version, bytes: sealed.bytes, hash: head });
  }
  await portal.deps.db.write([
    orm.delete(requestEvents).where(eq(requestEvents.stream, stream)),
    orm.insert(requestEvents).values(values),
    orm.update(requests).set({ head }).where(eq(requests.id, stream)),
  ]);
}
