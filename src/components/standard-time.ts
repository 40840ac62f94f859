import type { Sop } from "#domain/sop/schema.ts";

/** The standard times of all steps together, days apart from hours; null where no step has one. */
export function totalStandardTime(sop: Pick<Sop, "langkah">): string | null {
  const sum = (unit: "hari" | "jam" | "menit") =>
    sop.langkah.reduce((total, { waktu }) => total + (waktu?.satuan === unit ? waktu.nilai : 0), 0);
  const minutes = sum("jam") * 60 + sum("menit");
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const clock = [hours > 0 ? `${hours} jam` : "", rest > 0 ? `${rest} menit` : ""];
  const parts = [sum("hari") > 0 ? `${sum("hari")} hari` : "", clock.filter(Boolean).join(" ")];
  return parts.filter(Boolean).join(" dan ") || null;
}

/** Numbers of the steps for which the source gives no time. */
export function stepsWithoutTime(sop: Pick<Sop, "langkah">): number[] {
  return sop.langkah.filter((step) => step.waktu === null).map((step) => step.no);
}
