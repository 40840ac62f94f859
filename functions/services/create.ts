import type { FormValues } from "#domain/workflow/form.ts";
import { createAdmin } from "./admin/create-admin.ts";
import { acceptJob } from "./agents/accept.ts";
import { endSession } from "./agents/end-session.ts";
import { enrollAgent } from "./agents/enroll.ts";
import { finishJob } from "./agents/finish.ts";
import { openSession } from "./agents/open-session.ts";
import { pollAgent } from "./agents/poll.ts";
import { recordEvents } from "./agents/record-events.ts";
import { startJob } from "./agents/start.ts";
import { createAssets } from "./assets/create-assets.ts";
import { dueOfRequest, feedPath, readFeed, renewFeed } from "./clocks/feed.ts";
import type { Ctx, Deps } from "./deps.ts";
import { verifyDocument } from "./documents/verify.ts";
import { createDrafts } from "./drafts.ts";
import { addFeedback, type FeedbackInput } from "./feedback/add.ts";
import { figures } from "./figures.ts";
import { health } from "./health.ts";
import { giveMandate, type MandateInput, takeBackMandate } from "./mandates/give.ts";
import { mandatesOf } from "./mandates/list.ts";
import { accountServices } from "./people/account-services.ts";
import { formerPositions } from "./people/former-positions.ts";
import { viewerOf } from "./people/viewer.ts";
import { createPlanning } from "./planning/create-planning.ts";
import { decideInformation, type PpidDecideInput } from "./ppid/decide.ts";
import { readInformationFile } from "./ppid/document.ts";
import { listInformation } from "./ppid/list.ts";
import { registerCsv, type YearOfAgency } from "./ppid/register.ts";
import { type ReportForm, yearReport } from "./ppid/report.ts";
import { requestInformation } from "./ppid/request.ts";
import { viewInformation } from "./ppid/view.ts";
import { type CorrectInput, correctRequest } from "./requests/correct.ts";
import { type DecideInput, decideRequest } from "./requests/decide.ts";
import { deskOf } from "./requests/desk.ts";
import { forwardedBy } from "./requests/forwarded.ts";
import { inboxOf } from "./requests/inbox.ts";
import { streamInbox } from "./requests/inbox-stream.ts";
import { listRequests } from "./requests/list.ts";
import { listCsv } from "./requests/list-csv.ts";
import { readFilter } from "./requests/list-filter.ts";
import { makeMinutes } from "./requests/minutes.ts";
import { previewLetter } from "./requests/preview-letter.ts";
import { readDocument } from "./requests/read-document.ts";
import { receiptOf } from "./requests/receipt.ts";
import { recordOf } from "./requests/record.ts";
import { streamRequest } from "./requests/stream.ts";
import { type SubmitInput, submitRequest } from "./requests/submit.ts";
import { trackRequest } from "./requests/track.ts";
import { viewRequest } from "./requests/view.ts";
import { createSearch } from "./search/search.ts";
import type { FormDraft, Viewer } from "./services.ts";
import { discardDraft } from "./submissions/discard.ts";
import { type SaveStepInput, saveStep } from "./submissions/save-step.ts";
import { sendDraft } from "./submissions/send.ts";
import { viewDraft } from "./submissions/view.ts";
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
      receipt: (ctx: Ctx, input: { ref: string; origin: string }) => receiptOf(deps, ctx, input),
      correct: (ctx: Ctx, input: CorrectInput) => correctRequest(deps, ctx, input),
      decide: (ctx: Ctx, input: DecideInput) => decideRequest(deps, ctx, input),
      view: (ctx: Ctx, ref: string) => viewRequest(deps, ctx, ref),
      track: (input: { ref: string; code: string | null; requestId: string }) =>
        trackRequest(deps, input),
      inbox: (viewer: Viewer, page: number) => inboxOf(deps, viewer, page),
      forwarded: (viewer: Viewer) => forwardedBy(deps, viewer),
      streamInbox: (input: { viewer: () => Promise<Viewer | null>; signal: AbortSignal }) =>
        streamInbox(deps, input),
      list: async (viewer: Viewer, query: URLSearchParams) => {
        const filter = readFilter(query);
        return { filter, ...(await listRequests(deps, viewer, filter)) };
      },
      listCsv: (viewer: Viewer, query: URLSearchParams) => listCsv(deps, viewer, readFilter(query)),
      desk: (ctx: Ctx, ref: string, seen: string | null) => deskOf(deps, ctx, ref, seen),
      record: (ctx: Ctx, ref: string) => recordOf(deps, ctx, ref),
      makeMinutes: (ctx: Ctx, input: { ref: string; values: FormValues }) =>
        makeMinutes(deps, ctx, input),
      previewLetter: (ctx: Ctx, input: { ref: string; values: FormValues }) =>
        previewLetter(deps, ctx, input),
      readDocument: (ctx: Ctx, input: Parameters<typeof readDocument>[2]) =>
        readDocument(deps, ctx, input),
      stream: (ctx: Ctx, input: { ref: string; after: string | null; signal: AbortSignal }) =>
        streamRequest(deps, ctx, input),
    },
    submissions: {
      saveStep: (input: SaveStepInput) => saveStep(deps, input),
      view: (token: string) => viewDraft(deps, token),
      send: (token: string) => sendDraft(deps, token),
      discard: (token: string) => discardDraft(deps, token),
    },
    agents: {
      enroll: (body: unknown) => enrollAgent(deps, body),
      openSession: (body: unknown) => openSession(deps, body),
      endSession: (body: unknown) => endSession(deps, body),
      poll: (body: unknown, signal: AbortSignal) => pollAgent(deps, body, signal),
      accept: (input: { job: string; body: unknown }) => acceptJob(deps, input),
      start: (input: { job: string; body: unknown }) => startJob(deps, input),
      recordEvents: (input: { job: string; body: unknown }) => recordEvents(deps, input),
      finish: (input: { job: string; body: unknown }) => finishJob(deps, input),
    },
    people: {
      viewerOf: (headers: Headers) => viewerOf(deps, headers),
    },
    account: accountServices(deps),
    oidcName: deps.settings.oidcName,
    ppid: {
      request: (input: Parameters<typeof requestInformation>[1]) => requestInformation(deps, input),
      decide: (ctx: Ctx, input: PpidDecideInput) => decideInformation(deps, ctx, input),
      view: (ctx: Ctx, ref: string) => viewInformation(deps, ctx, ref),
      file: (ctx: Ctx, input: { ref: string; id: string }) => readInformationFile(deps, ctx, input),
      list: (viewer: Viewer) => listInformation(deps, viewer),
      register: (viewer: Viewer, input: YearOfAgency) => registerCsv(deps, viewer, input),
      report: (viewer: Viewer, input: YearOfAgency & { form: ReportForm }) =>
        yearReport(deps, viewer, input),
    },
    mandates: {
      of: (viewer: Viewer) => mandatesOf(deps, viewer),
      former: (viewer: Viewer) => formerPositions(deps, viewer),
      give: (viewer: Viewer | null, input: MandateInput) => giveMandate(deps, { viewer }, input),
      takeBack: (viewer: Viewer | null, id: string) => takeBackMandate(deps, { viewer }, { id }),
    },
    admin: createAdmin(deps),
    calendar: {
      address: async (viewer: Viewer) => `${deps.origin}${await feedPath(deps, viewer)}`,
      renew: (viewer: Viewer) => renewFeed(deps, viewer),
      read: (token: string) => readFeed(deps, token),
      ofRequest: (ctx: Ctx, ref: string) => dueOfRequest(deps, ctx, ref),
    },
    assets: createAssets(deps),
    planning: createPlanning(deps),
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
      take: (id: string) => drafts.take(id),
    },
    verify: (code: string) => verifyDocument(deps, code),
    search: createSearch(deps),
    health: () => health(deps),
    figures: () => figures(deps),
  };
}
