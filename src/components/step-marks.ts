import type { ZoneId } from "#domain/calendar/local-time.ts";
import { instantText, minutesText } from "#domain/indonesian.ts";
import type { StepView } from "#domain/workflow/view.ts";
import type { DeskView } from "../../functions/services/services.ts";

/** Where a request stands in one row of its SOP. */
export interface StepMark {
  readonly state: StepView["state"];
  readonly text: string;
  /** Who did what when, and what is waited for. */
  readonly lines: readonly string[];
}

/** Marks by number of the step. */
export function stepMarks(desk: DeskView, zone: ZoneId): ReadonlyMap<number, StepMark> {
  return new Map(desk.view.steps.map((step) => [step.no, markOf(desk, step, zone)]));
}

function markOf({ view, done }: DeskView, step: StepView, zone: ZoneId): StepMark {
  const acts = done
    .filter(({ stepNo }) => stepNo === step.no)
    .map(({ title, name, by, at }) => {
      return `${title}: ${[name, by].filter(Boolean).join(", ")}, ${instantText(at, zone)}`;
    });
  const spent =
    step.workingMinutes === null ? [] : [`Waktu nyata ${minutesText(step.workingMinutes)}`];
  switch (step.state) {
    case "waiting":
      return { state: "waiting", text: "Belum", lines: [] };
    case "closed":
      return { state: "closed", text: `Selesai${timeliness(step)}`, lines: [...acts, ...spent] };
    case "current": {
      const { next } = view;
      const waits = next ? [`Menunggu ${next.roleTitle}: ${next.title}`] : [];
      const due = step.pausedSince
        ? [`Waktu berhenti sejak ${instantText(step.pausedSince, zone)}`]
        : step.dueAt
          ? [`Batas ${instantText(step.dueAt, zone)}`]
          : [];
      const text = view.awaitsAnswer
        ? "Sekarang di sini, menunggu jawaban pemohon"
        : `Sekarang di sini${step.onTime === false ? ", lewat waktu" : ""}`;
      return { state: "current", text, lines: [...acts, ...waits, ...due, ...spent] };
    }
  }
}

function timeliness({ onTime }: StepView): string {
  if (onTime === null) return "";
  return onTime ? " tepat waktu" : ", lewat waktu";
}
