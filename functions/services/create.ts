import { acceptJob } from "./agents/accept.ts";
import { enrollAgent } from "./agents/enroll.ts";
import { finishJob } from "./agents/finish.ts";
import { openSession } from "./agents/open-session.ts";
import { pollAgent } from "./agents/poll.ts";
import { recordEvents } from "./agents/record-events.ts";
import { startJob } from "./agents/start.ts";
import type { Ctx, Deps } from "./deps.ts";
import { createDrafts } from "./drafts.ts";
import { addFeedback, type FeedbackInput } from "./feedback/add.ts";
import { figures } from "./figures.ts";
import { health } from "./health.ts";
import { viewerOf } from "./people/viewer.ts";
import { type DecideInput, decideRequest } from "./requests/decide.ts";
import { inboxOf, listRequests } from "./requests/list.ts";
import { readDocument } from "./requests/read-document.ts";
import { streamRequest } from "./requests/stream.ts";
import { type SubmitInput, submitRequest } from "./requests/submit.ts";
import { trackRequest } from "./requests/track.ts";
import { viewRequest } from "./requests/view.ts";
import { createSearch } from "./search/search.ts";
import type { FormDraft, Viewer } from "./services.ts";
import { sopRows } from "./transparency/sop-rows.ts";
import { createSummary } from "./transparency/summary.ts";

export type Services = ReturnType<typeof createServices>;

/** Every verb with what it needs: the only door for routes. */
export function createServices(deps: Deps) {
  const drafts = createDrafts(deps);
  const summary = createSummary(deps);
  return {
    requests: {
      submit: (input: SubmitInput) => submitRequest(deps, input),
      decide: (ctx: Ctx, input: DecideInput) => decideRequest(deps, ctx, input),
      view: (ctx: Ctx, ref: string) => viewRequest(deps, ctx, ref),
      track: (input: { ref: string; code: string | null; requestId: string }) =>
        trackRequest(deps, input),
      inbox: (viewer: Viewer) => inboxOf(deps, viewer),
      list: (viewer: Viewer) => listRequests(deps, viewer),
      readDocument: (ctx: Ctx, input: { ref: string; id: string }) =>
        readDocument(deps, ctx, input),
      stream: (ctx: Ctx, input: { ref: string; after: string | null; signal: AbortSignal }) =>
        streamRequest(deps, ctx, input),
    },
    agents: {
      enroll: (body: unknown) => enrollAgent(deps, body),
      openSession: (body: unknown) => openSession(deps, body),
      poll: (body: unknown, signal: AbortSignal) => pollAgent(deps, body, signal),
      accept: (input: { job: string; body: unknown }) => acceptJob(deps, input),
      start: (input: { job: string; body: unknown }) => startJob(deps, input),
      recordEvents: (input: { job: string; body: unknown }) => recordEvents(deps, input),
      finish: (input: { job: string; body: unknown }) => finishJob(deps, input),
    },
    people: {
      viewerOf: (headers: Headers) => viewerOf(deps, headers),
      signIn: (email: string, password: string, headers: Headers) =>
        deps.accounts.signIn(email, password, headers),
      signOut: (headers: Headers) => deps.accounts.signOut(headers),
      authHandler: (request: Request) => deps.accounts.handler(request),
    },
    feedback: { add: (input: FeedbackInput) => addFeedback(deps, input) },
    transparency: { summary },
    /** All that the public routes of figures are given. */
    publicFigures: (origin: string) => ({
      view: summary,
      portal: { origin, sops: sopRows(deps.catalog, origin) },
    }),
    drafts: {
      keep: (draft: FormDraft) => drafts.keep(draft),
      read: (id: string) => drafts.read(id),
    },
    search: createSearch(deps),
    health: () => health(deps),
    figures: () => figures(deps),
  };
}
