import type { Agency } from "#catalog/agency-schema.ts";
import { spreadsheetCsv } from "#diagram/csv.ts";
import { localDate } from "#domain/calendar/local-time.ts";
import { AppError } from "#domain/errors.ts";
import { limitsOf } from "#domain/ppid/limits.ts";
import { GROUND_LABELS, OUTCOME_LABELS, REASON_LABELS, STATUS_LABELS } from "#domain/ppid/types.ts";
import type { Deps } from "../deps.ts";
import { answerOf } from "../requests/content.ts";
import { showReference } from "../requests/reference.ts";
import type { Viewer } from "../services.ts";
import { agenciesOf } from "./agencies.ts";
import { registerOf } from "./list.ts";

export interface YearOfAgency {
  /** Id of an agency; may be left out by who looks after one only. */
  readonly agency: string;
  readonly year: number;
}

const HEAD = [
  "Nomor",
  "Tanggal",
  "Nomor permintaan",
  "Nama",
  "Alamat",
  "Kontak",
  "Informasi yang diminta",
  "Tujuan penggunaan",
  "Cara memperoleh",
  "Keadaan",
  "Batas jawaban",
  "Diperpanjang",
  "Tanggal jawaban",
  "Putusan",
  "Alasan tidak diberikan",
  "Tanggal keberatan",
  "Alasan keberatan",
  "Tanggal tanggapan",
  "Putusan keberatan",
];

/** The register of one year: every request with its objection, in the order in which they came. */
export async function registerCsv(
  deps: Deps,
  viewer: Viewer,
  input: YearOfAgency,
): Promise<{ readonly stem: string; readonly csv: string }> {
  const agency = agencyFor(deps, viewer, input.agency);
  const entries = await registerOf(deps, { agency: agency.id, year: input.year });
  const day = (at: string | Date | undefined): string =>
    at === undefined ? "" : localDate(new Date(at), agency.calendar.offsetMinutes);
  const rows = entries.map(({ request, answers }) => {
    const { state } = request;
    const word = (name: string): string => answerOf(answers, name) ?? "";
    const { answer, objection } = state;
    return [
      `${request.registerNumber}/${request.year}`,
      day(request.requestedAt),
      showReference(request.id),
      word("nama"),
      word("alamat"),
      [word("surel"), word("telepon")].filter((one) => one !== "").join("; "),
      word("informasi"),
      word("tujuan"),
      word("cara"),
      STATUS_LABELS[state.status],
      day(limitsOf(agency.calendar, state, deps.now()).answer),
      state.extended ? "ya" : "tidak",
      day(answer?.at),
      answer ? OUTCOME_LABELS[answer.outcome] : "",
      answer?.reason ? REASON_LABELS[answer.reason] : "",
      day(objection?.at),
      objection ? GROUND_LABELS[objection.ground] : "",
      day(objection?.answer?.at),
      objection?.answer ? OUTCOME_LABELS[objection.answer.outcome] : "",
    ];
  });
  return {
    stem: `register-ppid-${agency.id}-${input.year}`,
    csv: spreadsheetCsv([HEAD, ...rows]),
  };
}

/** The agency asked for, or the only one; NOT_FOUND where the viewer does not look after it. */
export function agencyFor(deps: Pick<Deps, "catalog">, viewer: Viewer, id: string): Agency {
  const mine = agenciesOf(viewer, deps.catalog);
  const agency = id === "" && mine.length === 1 ? mine[0] : mine.find((one) => one.id === id);
  if (!agency) throw new AppError("NOT_FOUND", "not an agency of this PPID");
  return agency;
}
