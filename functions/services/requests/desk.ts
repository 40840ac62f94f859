import { AppError } from "#domain/errors.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { SealedEvent } from "#domain/trust/event-chain.ts";
import type { RequestView, TimelineEntry } from "#domain/workflow/view.ts";
import type { Ctx, Deps } from "../deps.ts";
import type { AnswerLine, DeskView, DoneAct, TalkRound } from "../workroom.ts";
import { openRequest } from "./access.ts";
import { type Answer, readContents } from "./content.ts";
import type { LoadedRequest } from "./load.ts";
import { viewOpened } from "./view.ts";

/** A request as an official works on it. `seen`: an older head, to tell what happened since. */
export async function deskOf(
  deps: Deps,
  ctx: Ctx,
  ref: string,
  seen: string | null,
): Promise<DeskView> {
  if (!ctx.viewer) throw new AppError("AUTH_REQUIRED", "the workroom is for officials");
  const opened = await openRequest(deps, { ...ctx, code: null }, ref);
  const view = await viewOpened(deps, ctx, opened);
  const at = seen === null ? -1 : opened.events.findIndex(({ hash }) => hash === seen);
  return {
    view,
    sop: opened.running.sop,
    answers: await answersOfRequester(deps, opened),
    rounds: roundsOf(opened, view.timeline),
    done: doneActs(opened, view),
    since: at < 0 ? [] : view.timeline.slice(at + 1),
  };
}

/** What the pemohon stated, the newest word of each line, with the one it took the place of. */
async function answersOfRequester(
  deps: Pick<Deps, "db">,
  { row, events }: LoadedRequest,
): Promise<AnswerLine[]> {
  const stated = events.flatMap(({ stored: { at, event } }) => {
    const given = event.type === "submitted" || event.type === "act_performed" ? event : null;
    return given?.by.capacity === "pemohon" && given.content ? [{ at, ref: given.content }] : [];
  });
  const contents = await readContents(
    deps,
    row.id,
    stated.map(({ ref }) => ref),
  );
  const lines = new Map<string, AnswerLine>();
  for (const [round, { at, ref }] of stated.entries()) {
    for (const { name, label, value } of contents.get(ref.id) ?? ([] as readonly Answer[])) {
      const before = lines.get(name);
      if (before?.value === value) continue;
      const corrected = round === 0 ? null : { at, before: before?.value ?? null };
      lines.set(name, { label, value, corrected });
    }
  }
  return [...lines.values()];
}

/** Questions and returns in order, each with the first word that came back. */
export function roundsOf(
  { events, state }: LoadedRequest,
  timeline: readonly TimelineEntry[],
): TalkRound[] {
  const rounds: TalkRound[] = [];
  // The timeline has more lines than there are events; of one version the event comes first.
  const lineOf = ({ stored }: SealedEvent): TimelineEntry | undefined =>
    timeline.find(({ version }) => version === stored.version);
  for (const [at, sealed] of events.entries()) {
    const { event } = sealed.stored;
    const opened = lineOf(sealed);
    if (!opened || (event.type !== "asked" && event.type !== "returned")) continue;
    const answers = ({ stored: later }: SealedEvent): boolean =>
      event.type === "asked"
        ? later.event.type === "answered"
        : later.event.type === "act_performed" && later.event.act === event.to;
    const ends = events.slice(at + 1);
    const next = ends.findIndex(
      (later) => answers(later) || later.stored.event.type === event.type,
    );
    const found = ends[next];
    const reply = found && answers(found) ? (lineOf(found) ?? null) : null;
    const waits = event.type === "asked" ? state.awaitsAnswer : state.act === event.to;
    rounds.push({ no: rounds.length + 1, opened, reply, open: !found && waits });
  }
  return rounds;
}

/** The newest doing of each act of the steps that are closed or open now. */
function doneActs({ events, running: { sop } }: LoadedRequest, view: RequestView): DoneAct[] {
  const done = new Map<string, DoneAct>();
  for (const { stored } of events) {
    const { event } = stored;
    if (event.type !== "submitted" && event.type !== "act_performed") continue;
    const { step, act } = positionOf(sop, event.act);
    const entered = view.steps.find(({ no }) => no === step.no)?.enteredAt ?? null;
    if (entered === null || stored.at < entered) continue;
    const entry = view.timeline.find(({ version }) => version === stored.version);
    done.set(act.id, {
      act: act.id,
      stepNo: step.no,
      title: act.judul,
      name: entry?.actorName ?? null,
      by: entry?.actorJabatan ?? roleOf(sop, act.oleh).judul,
      at: stored.at,
      ticks:
        event.type === "submitted"
          ? []
          : event.ticks.flatMap((tick) => step.kelengkapan[tick] ?? []),
    });
  }
  return [...done.values()];
}
