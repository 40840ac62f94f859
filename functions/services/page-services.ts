import type { Services } from "./create.ts";
import type { AttemptLimits } from "./limits.ts";
import type { PageServices } from "./services.ts";

/** What one page request may use, with the limit of its address on guesses of numbers and codes. */
export function pageServices(
  services: Services,
  limits: AttemptLimits,
  from: { readonly address: string; readonly requestId: string },
): PageServices {
  const { requestId } = from;
  const looking = <T>(look: () => Promise<T>): Promise<T> =>
    limits.guess("track", from.address, ["AUTH_TRACKING"], look);
  return {
    inbox: (viewer) => services.requests.inbox(viewer),
    requests: (viewer) => services.requests.list(viewer),
    request: (viewer, ref) => services.requests.view({ viewer, code: null, requestId }, ref),
    track: (ref, code) => looking(() => services.requests.track({ ref, code, requestId })),
    letter: async ({ viewer, code }, ref, id) => {
      const ctx = { viewer, code, requestId };
      const { view, letter } = await looking(() =>
        services.requests.readDocument(ctx, { ref, id }),
      );
      return { view, letter };
    },
    transparency: () => services.transparency.summary(),
    draft: (id) => services.drafts.read(id),
    search: (query) => services.search(query),
  };
}
