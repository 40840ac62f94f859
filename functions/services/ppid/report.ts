import { localDate } from "#domain/calendar/local-time.ts";
import { figuresOf } from "#domain/ppid/report.ts";
import { reportSheet } from "#domain/ppid/report-sheet.ts";
import { ODT_MIME, sheetOdt } from "../../letters/odt.ts";
import { sheetPdf } from "../../letters/pdf.ts";
import type { Deps } from "../deps.ts";
import type { Viewer } from "../services.ts";
import { registerOf } from "./list.ts";
import { agencyFor, type YearOfAgency } from "./register.ts";

export type ReportForm = "pdf" | "odt";

/** The yearly report on information service, counted from the register at this moment. */
export async function yearReport(
  deps: Deps,
  viewer: Viewer,
  input: YearOfAgency & { readonly form: ReportForm },
): Promise<{ stem: string; mime: string; bytes: Uint8Array<ArrayBuffer> }> {
  const agency = agencyFor(deps, viewer, input.agency);
  const entries = await registerOf(deps, { agency: agency.id, year: input.year });
  const now = deps.now();
  const states = entries.map(({ request }) => request.state);
  const date = localDate(now, agency.calendar.offsetMinutes);
  const sheet = reportSheet(
    {
      agency: {
        letterhead: agency.kop,
        contact: agency.alamat === undefined ? [] : [agency.alamat],
      },
      year: input.year,
      date,
      sample: deps.settings.sample,
    },
    figuresOf(agency.calendar, states, now),
  );
  const title = `Laporan tahunan layanan informasi publik ${input.year}`;
  const about = { title, author: agency.nama, date };
  return {
    stem: `laporan-ppid-${agency.id}-${input.year}`,
    ...(input.form === "odt"
      ? { mime: ODT_MIME, bytes: sheetOdt(sheet, about) }
      : { mime: "application/pdf", bytes: sheetPdf(sheet, about) }),
  };
}
