import type { Deps } from "./deps.ts";
import type { FormDraft } from "./services.ts";

const KEPT_MS = 15 * 60_000;
const KEPT_MAX = 500;

/** Answers that were not accepted, kept in memory for the redirect back to the form; the oldest go first. */
export function createDrafts(deps: Pick<Deps, "now" | "randomBytes">) {
  const drafts = new Map<string, { readonly draft: FormDraft; readonly until: number }>();
  const read = (id: string): FormDraft | null => {
    const found = drafts.get(id);
    return found && found.until > deps.now().getTime() ? found.draft : null;
  };
  return {
    /** The id is the only key to somebody's answers: not to be guessed. */
    keep(draft: FormDraft): string {
      const now = deps.now().getTime();
      for (const [id, { until }] of drafts) {
        if (until > now && drafts.size < KEPT_MAX) break;
        drafts.delete(id);
      }
      const id = Buffer.from(deps.randomBytes(16)).toString("base64url");
      drafts.set(id, { draft, until: now + KEPT_MS });
      return id;
    },
    read,
    /** Reads and forgets: for what is shown to one person one time. */
    take(id: string): FormDraft | null {
      const found = read(id);
      drafts.delete(id);
      return found;
    },
  };
}
