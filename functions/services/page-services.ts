import type { Services } from "./create.ts";
import type { AttemptLimits } from "./limits.ts";
import type { PageServices } from "./services.ts";

/** What one page request may use, with the limit of its address on guesses of numbers and codes. */
export function pageServices(
  services: Services,
  limits: AttemptLimits,
  from: { readonly address: string; readonly requestId: string; readonly headers: Headers },
): PageServices {
  const { requestId } = from;
  const looking = <T>(look: () => Promise<T>): Promise<T> =>
    limits.guess("track", from.address, ["AUTH_TRACKING"], look);
  return {
    inbox: (viewer, page) => services.requests.inbox(viewer, page),
    forwarded: (viewer) => services.requests.forwarded(viewer),
    requests: (viewer, query) => services.requests.list(viewer, query),
    desk: (viewer, ref, seen) =>
      services.requests.desk({ viewer, code: null, requestId }, ref, seen),
    track: (ref, code) => looking(() => services.requests.track({ ref, code, requestId })),
    submissionDraft: (token) =>
      limits.guess("track", from.address, ["DRAFT_UNKNOWN"], () =>
        services.submissions.view(token),
      ),
    letter: async ({ viewer, code }, ref, id) => {
      const ctx = { viewer, code, requestId };
      const { view, letter } = await looking(() =>
        services.requests.readDocument(ctx, { ref, id }),
      );
      return { view, letter };
    },
    information: (viewer, ref) => services.ppid.view({ viewer, code: null, requestId }, ref),
    trackInformation: (ref, code) =>
      looking(() => services.ppid.view({ viewer: null, code, requestId }, ref)),
    informationList: (viewer) => services.ppid.list(viewer),
    calendarFeed: (viewer) => services.calendar.address(viewer),
    verify: (code) =>
      limits.guess("track", from.address, ["VERIFY_UNKNOWN"], () => services.verify(code)),
    transparency: () => services.transparency.summary(),
    account: () => services.account.own(from.headers),
    challenged: async () => (await services.account.challenged(from.headers)) !== null,
    totpSetup: () => services.account.totpSetup(from.headers),
    recovery: (code) =>
      limits.guess("signIn", from.address, ["AUTH_RECOVERY"], () =>
        services.account.recoveryOf(code),
      ),
    oidcName: services.oidcName,
    draft: (id) => services.drafts.read(id),
    shown: (id) => services.drafts.take(id)?.values ?? null,
    mandates: (viewer) => services.mandates.of(viewer),
    former: (viewer) => services.mandates.former(viewer),
    admin: services.admin,
    assets: services.assets,
    planning: services.planning,
    search: (query) => services.search(query),
  };
}
