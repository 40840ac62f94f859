import { z } from "zod";
import { maintenanceWindows } from "#catalog/maintenance-schema.ts";
import { dayOfDate, fromLocal, localDate, weekdayOfDay } from "#domain/calendar/local-time.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { windowsOfDate } from "#domain/calendar/windows-of-day.ts";
import { AppError } from "#domain/errors.ts";
import { boardSpan } from "#domain/planning/board-days.ts";
import type { MaintenanceWindow } from "#domain/planning/types.ts";
import { agencyOf } from "../assets/access.ts";
import { connectedAssets } from "../assets/connected.ts";
import type { Deps } from "../deps.ts";
import { reportedTargets } from "../jobs/reported-targets.ts";
import type { Viewer } from "../services.ts";
import { boardEntries } from "./board-entries.ts";
import { estimateFor } from "./estimates.ts";
import { vaultViews } from "./vault-views.ts";
import type { BoardDay, BoardEntry, BoardView, TargetView } from "./views.ts";

type BoardDeps = Pick<Deps, "db" | "catalog" | "now">;

/** One week or month of the agency's work, with what its vaults hold and its targets take. */
export async function planBoard(
  deps: BoardDeps,
  viewer: Viewer,
  wish: { readonly span: string | null; readonly from: string | null },
): Promise<BoardView> {
  const id = agencyOf(viewer, null);
  const agency = deps.catalog.agencies.get(id);
  if (!agency) throw new AppError("CONTENT_INVALID", `no agency ${id} in content`);
  const { calendar } = agency;
  const windows = maintenanceWindows(agency.jendelaPemeliharaan);
  const today = localDate(deps.now(), calendar.offsetMinutes);
  const asked = z.iso.date().safeParse(wish.from);
  const span = wish.span === "bulan" ? "bulan" : "minggu";
  const { dates, before, after } = boardSpan(span, asked.success ? asked.data : today);
  const [first = today] = dates;
  const last = dates.at(-1) ?? first;
  const midnight = (day: number) => fromLocal({ day, msOfDay: 0 }, calendar.offsetMinutes);
  const entries = await boardEntries(deps, {
    agency: id,
    calendar,
    windows,
    zone: agency.zona,
    range: { from: midnight(dayOfDate(first)), to: midnight(dayOfDate(last) + 1) },
  });
  return {
    agency: id,
    span,
    today,
    before,
    after,
    days: dates.map((date) => boardDay(date, { calendar, windows, entries })),
    vaults: await vaultViews(deps, id),
    targets: await targetViews(deps, id),
  };
}

/** Work stands on the day on which it begins. */
function boardDay(
  date: string,
  given: {
    readonly calendar: WorkCalendar;
    readonly windows: readonly MaintenanceWindow[];
    readonly entries: readonly BoardEntry[];
  },
): BoardDay {
  const { calendar, windows, entries } = given;
  const weekday = weekdayOfDay(dayOfDate(date));
  return {
    date,
    off: windowsOfDate(calendar, date).length === 0,
    windows: windows
      .filter((window) => window.weekday === weekday)
      .map(({ from, to }) => `${clockText(from)}–${clockText(to)}`),
    entries: entries.filter(
      ({ from }) => localDate(new Date(from), calendar.offsetMinutes) === date,
    ),
  };
}

async function targetViews(deps: BoardDeps, agency: string): Promise<TargetView[]> {
  const registered = await connectedAssets(deps, agency);
  const reported = [...(await reportedTargets(deps, agency)).values()];
  return Promise.all(
    reported.map(async (target) => ({
      alias: target.alias,
      engine: target.engine,
      assetCode: registered.get(target.alias)?.code ?? null,
      backup: await estimateFor(deps, { target, action: "backup" }),
      restore: await estimateFor(deps, { target, action: "restore" }),
    })),
  );
}

function clockText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}.${two(minutes % 60)}`;
}
