import { and, eq, inArray } from "drizzle-orm";
import { requests } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";
import { showReference } from "./reference.ts";
import { agenciesOf } from "./rows.ts";

/**
 * References of requests of the viewer's agencies as they change, until the signal. Who looks is
 * asked anew for each one: a position or a session may end while the stream is open.
 */
export async function streamInbox(
  deps: Deps,
  input: { readonly viewer: () => Promise<Viewer | null>; readonly signal: AbortSignal },
): Promise<AsyncGenerator<{ readonly ref: string }, void>> {
  if (!(await input.viewer())) throw new AppError("AUTH_REQUIRED", "inbox stream");
  return changes(deps, input);
}

async function* changes(
  deps: Deps,
  { viewer, signal }: { viewer: () => Promise<Viewer | null>; signal: AbortSignal },
): AsyncGenerator<{ readonly ref: string }, void> {
  const queue = new Set<string>();
  let wake = Promise.withResolvers<void>();
  const unwatch = deps.progress.watchAll((request) => {
    queue.add(request);
    wake.resolve();
  });
  const aborted = (): void => wake.resolve();
  signal.addEventListener("abort", aborted);
  try {
    while (!signal.aborted) {
      const [request] = queue;
      if (request === undefined) {
        await wake.promise;
        wake = Promise.withResolvers();
        continue;
      }
      queue.delete(request);
      const now = await viewer();
      if (!now) return;
      if (await isTheirs(deps, now, request)) yield { ref: showReference(request) };
    }
  } finally {
    unwatch();
    signal.removeEventListener("abort", aborted);
  }
}

async function isTheirs(deps: Pick<Deps, "db">, viewer: Viewer, request: string) {
  const theirs = inArray(requests.agency, agenciesOf(viewer));
  return (await deps.db.orm.$count(requests, and(eq(requests.id, request), theirs))) > 0;
}
