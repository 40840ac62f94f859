import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";
import { planBoard } from "./board.ts";
import { planCalendar } from "./plan-calendar.ts";

/** Planned work for the officials of an agency. */
export function createPlanning(deps: Deps) {
  return {
    board: (viewer: Viewer, wish: { readonly span: string | null; readonly from: string | null }) =>
      planBoard(deps, viewer, wish),
    calendar: (viewer: Viewer) => planCalendar(deps, viewer),
  };
}
