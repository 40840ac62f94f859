import type { StandardTime } from "#domain/calendar/types.ts";
import { listText } from "#domain/indonesian.ts";
import { standardTimeOf } from "#domain/sop/navigate.ts";
import type { Sop } from "#domain/sop/schema.ts";

/** The standard times of all steps together, days apart from hours; null where no step has one. */
export function totalStandardTime(sop: Pick<Sop, "langkah">): string | null {
  const times = sop.langkah.flatMap((step) => standardTimeOf(step) ?? []);
  const sum = (unit: StandardTime["unit"]) =>
    times.reduce((total, time) => total + (time.unit === unit ? time.value : 0), 0);
  const minutes = sum("jam") * 60 + sum("menit");
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const clock = [hours > 0 ? `${hours} jam` : "", rest > 0 ? `${rest} menit` : ""];
  const days = (["minggu", "hari"] as const).map((unit) =>
    sum(unit) > 0 ? `${sum(unit)} ${unit}` : "",
  );
  const parts = [...days, clock.filter(Boolean).join(" ")].filter(Boolean);
  return listText(parts) || null;
}

/** Numbers of the steps for which the source gives no time, or only words. */
export function stepsWithoutTime(sop: Pick<Sop, "langkah">): number[] {
  return sop.langkah.filter((step) => standardTimeOf(step) === null).map((step) => step.no);
}
