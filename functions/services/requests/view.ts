import { standardMinutes } from "#domain/calendar/due-at.ts";
import { workingMinutes } from "#domain/calendar/working-minutes.ts";
import { roleOf, standardTimeOf } from "#domain/sop/navigate.ts";
import { worksOutsideSop } from "#domain/workflow/agent-work.ts";
import type { RequestView, StepView } from "#domain/workflow/view.ts";
import type { Ctx, Deps } from "../deps.ts";
import { documentsOf } from "../documents/views.ts";
import { type OpenedRequest, openRequest } from "./access.ts";
import { requesterAnswers } from "./act-letter.ts";
import { answerOf } from "./content.ts";
import { jobViews } from "./job-views.ts";
import { keptCopies } from "./kept-copies.ts";
import type { LoadedRequest } from "./load.ts";
import { minutesForm } from "./minutes.ts";
import { nextOf } from "./next.ts";
import { previewOf } from "./preview-view.ts";
import type { StepRow } from "./project.ts";
import { showReference } from "./reference.ts";
import { timelineOf } from "./timeline.ts";

/** A request whole, for an official of its agency or the pemohon with the code. */
export async function viewRequest(deps: Deps, ctx: Ctx, ref: string): Promise<RequestView> {
  return viewOpened(deps, ctx, await openRequest(deps, ctx, ref));
}

export async function viewOpened(
  deps: Deps,
  ctx: Ctx,
  opened: OpenedRequest,
): Promise<RequestView> {
  const answers = await requesterAnswers(deps, opened);
  const [next, minutes, timeline, documentList, jobList, preview] = await Promise.all([
    nextOf(deps, ctx, opened),
    minutesForm(deps, ctx, opened),
    timelineOf(deps, opened),
    documentsOf(deps, ctx, opened),
    jobViews(deps, opened),
    previewOf(deps, ctx, opened),
  ]);
  return {
    ...outlineOf(deps, opened),
    requester: {
      opd: answerOf(answers, "opd") ?? "",
      name: answerOf(answers, "nama") ?? "",
    },
    next,
    minutes,
    timeline,
    documents: documentList,
    jobs: jobList,
    preview,
    keptCopies: await keptCopies(deps, ctx, opened, timeline),
  };
}

/** What the stage of a request tells: no names, texts, letters or targets. */
export function outlineOf(
  deps: Pick<Deps, "catalog" | "now">,
  loaded: LoadedRequest,
): Omit<RequestView, "next"> {
  const { row, running } = loaded;
  return {
    ref: showReference(row.id),
    kind: row.kind,
    status: row.status,
    sop: { slug: row.slug, title: running.sop.judul, digest: row.sopDigest },
    agency: { id: row.agency, name: deps.catalog.agencies.get(row.agency)?.nama ?? row.agency },
    head: row.head,
    submittedAt: row.submittedAt,
    closedAt: row.closedAt,
    awaitsAnswer: row.awaitsAnswer,
    requester: null,
    minutes: null,
    steps: stepsOf(deps, loaded),
    timeline: [],
    documents: [],
    jobs: [],
    preview: null,
    keptCopies: [],
    underReview: row.followUp !== null || worksOutsideSop(loaded.state),
  };
}

/** The newest time each step was open; figures of an open step are of this moment. */
function stepsOf(
  deps: Pick<Deps, "now">,
  { running: { sop, calendar }, steps: log, row: { awaitsAnswer }, events }: LoadedRequest,
): StepView[] {
  const asked = events.findLast(({ stored }) => stored.event.type === "asked")?.stored.at;
  // While the pemohon is waited for, the clock stands where it stood when they were asked.
  const clock = awaitsAnswer && asked !== undefined ? new Date(asked) : deps.now();
  return sop.langkah.map((step): StepView => {
    const row = validRow(log, step.no);
    const standard = standardTimeOf(step);
    const common = {
      no: step.no,
      uraian: step.uraian,
      roles: [...new Set(step.tindakan.map((act) => roleOf(sop, act.oleh).judul))],
      standardMinutes: standard && standardMinutes(calendar, standard),
      standardText: step.waktu?.teks ?? null,
    };
    if (!row) return { ...common, ...UNTOUCHED };
    const entered = new Date(row.enteredAt);
    const end = row.closedAt ? new Date(row.closedAt) : clock;
    const open = row.outcome === "open";
    const timed = open || row.workingMinutes !== null;
    return {
      ...common,
      enteredAt: row.enteredAt,
      closedAt: row.closedAt,
      dueAt: row.dueAt,
      elapsedSeconds: timed ? Math.max(0, (end.getTime() - entered.getTime()) / 1000) : null,
      workingMinutes: open
        ? workingMinutes(calendar, entered, end) - row.pausedMinutes
        : row.workingMinutes,
      onTime: row.onTime,
      pausedSince: open && awaitsAnswer ? (asked ?? null) : null,
      state: open ? "current" : "closed",
    };
  });
}

const UNTOUCHED = {
  enteredAt: null,
  closedAt: null,
  dueAt: null,
  elapsedSeconds: null,
  workingMinutes: null,
  onTime: null,
  pausedSince: null,
  state: "waiting",
} as const;

/** The last row of a step, unless the request went back to it or before it since then. */
function validRow(log: readonly StepRow[], step: number): StepRow | null {
  const row = log.findLast((one) => one.step === step);
  const wentBack = log.some((one) => row && one.position > row.position && one.step <= step);
  return row && !wentBack ? row : null;
}
