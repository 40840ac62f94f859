import type { JobEvent } from "#protocol/v1.ts";

/** What a watcher of a request is told: new progress of a job, or that the request changed. */
export type Notice =
  | { readonly type: "progress"; readonly job: string; readonly event: JobEvent }
  | { readonly type: "changed" };

/** Tells watchers in this process; whoever misses a notice reads the state again. */
export interface ProgressHub {
  watch(request: string, watcher: (notice: Notice) => void): () => void;
  /** Tells of every request that changed. */
  watchAll(watcher: (request: string) => void): () => void;
  progressed(request: string, job: string, events: readonly JobEvent[]): void;
  changed(request: string): void;
}

export function createProgressHub(): ProgressHub {
  const watchers = new Map<string, Set<(notice: Notice) => void>>();
  const overseers = new Set<(request: string) => void>();
  const tell = (request: string, notice: Notice): void => {
    for (const watcher of watchers.get(request) ?? []) watcher(notice);
  };
  return {
    watch(request, watcher) {
      const all = watchers.get(request) ?? new Set();
      watchers.set(request, all.add(watcher));
      return () => {
        all.delete(watcher);
        if (all.size === 0) watchers.delete(request);
      };
    },
    watchAll(watcher) {
      overseers.add(watcher);
      return () => overseers.delete(watcher);
    },
    progressed(request, job, events) {
      for (const event of events) tell(request, { type: "progress", job, event });
    },
    changed(request) {
      tell(request, { type: "changed" });
      for (const overseer of overseers) overseer(request);
    },
  };
}
