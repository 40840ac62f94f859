import { dateOfDay, toLocal } from "#domain/calendar/local-time.ts";
import type { FieldProblem } from "#domain/errors.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { assetCodesIn } from "#domain/workflow/submission-form.ts";
import { assetsByCode } from "../assets/by-code.ts";
import type { Deps } from "../deps.ts";

/** Problems that no form can see alone: they need the clock or the register. */
export async function problemsBeyondForm(
  deps: Deps,
  sop: Sop,
  values: Readonly<Record<string, string | readonly string[]>>,
): Promise<FieldProblem[]> {
  const of = (name: string): string => [values[name] ?? ""].flat()[0] ?? "";
  const problems: FieldProblem[] = [];
  const calendar = deps.catalog.agencies.get(sop.instansi)?.calendar;
  const today = calendar && dateOfDay(toLocal(deps.now(), calendar.offsetMinutes).day);
  const wanted = of("waktu");
  if (wanted !== "" && today !== undefined && wanted < today) {
    problems.push({ field: "waktu", pesan: "Pilih tanggal hari ini atau sesudahnya." });
  }
  const codes = assetCodesIn(of("kodeAset"));
  if (codes.length > 0) {
    const { unknown } = await assetsByCode(deps, { agency: sop.instansi, codes });
    if (unknown.length > 0) {
      problems.push({
        field: "kodeAset",
        pesan: `Kode aset ${unknown.join(", ")} tidak terdaftar. Periksa hurufnya, atau kosongkan dan daftarkan asetnya melalui dinas.`,
      });
    }
  }
  return problems;
}
