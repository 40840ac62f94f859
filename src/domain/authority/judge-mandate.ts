import type { FieldProblem } from "../errors.ts";
import { dateText } from "../indonesian.ts";
import { type Authority, daysAfter, holdsOn, type Mandate, overlaps } from "./positions-on.ts";

/** Longer absences call for a Plt., who is appointed by a decree. */
export const MANDATE_DAYS_MAX = 90;

/**
 * What stands against giving a mandate: only a holder lends, for a set time, to another official of
 * the agency. What is held by mandate is not in `holdings`, so it cannot be lent onward.
 */
export function judgeMandate(
  mandate: Mandate,
  today: string,
  { holdings, mandates }: Authority,
): FieldProblem[] {
  const { giver, receiver, agency, jabatan, since, until } = mandate;
  const problems: FieldProblem[] = [];
  const problem = (field: string, pesan: string) => problems.push({ field, pesan });
  if (since < today) problem("sejak", "Mandat mulai paling awal hari ini. Pilih tanggal lain.");
  if (until < since) problem("sampai", "Pilih tanggal sampai yang sama dengan atau sesudah sejak.");
  const last = daysAfter(since, MANDATE_DAYS_MAX - 1);
  if (until > last) {
    problem(
      "sampai",
      `Mandat paling lama ${MANDATE_DAYS_MAX} hari. Pilih paling lambat ${dateText(last)}.`,
    );
  }
  const held = holdings.find(
    (one) =>
      one.person === giver &&
      one.agency === agency &&
      one.jabatan === jabatan &&
      holdsOn(since, one),
  );
  if (!held) {
    problem(
      "jabatan",
      "Jabatan ini tidak Anda pegang sendiri pada tanggal itu. Yang diterima lewat mandat tidak dapat diteruskan.",
    );
  } else if (held.until !== null && until > held.until) {
    problem(
      "sampai",
      `Jabatan Anda berakhir ${dateText(held.until)}. Pilih paling lambat tanggal itu.`,
    );
  }
  const official = holdings.some(
    (one) => one.person === receiver && one.agency === agency && holdsOn(since, one),
  );
  if (receiver === giver) {
    problem("penerima", "Mandat tidak dapat diberikan kepada diri sendiri. Pilih pejabat lain.");
  } else if (!official) {
    problem("penerima", "Pilih pejabat instansi yang sama yang memegang jabatan pada tanggal itu.");
  }
  const twice = mandates.some(
    (other) =>
      !other.takenBack &&
      other.giver === giver &&
      other.receiver === receiver &&
      other.agency === agency &&
      other.jabatan === jabatan &&
      overlaps(mandate, other),
  );
  if (twice) {
    problem(
      "sejak",
      "Mandat yang sama sudah ada pada tanggal itu. Cabut dulu, atau pilih tanggal lain.",
    );
  }
  return problems;
}
