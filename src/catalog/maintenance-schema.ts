/** Weekly stretches in which an agency wants backups and restores done. */
import { z } from "zod";
import type { MaintenanceWindow } from "#domain/planning/types.ts";

const WEEKDAYS = ["minggu", "senin", "selasa", "rabu", "kamis", "jumat", "sabtu"] as const;
const clock = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'tulis jam dalam tanda kutip, mis. "22:00"');

/** A night is two entries: until "24:00", and from "00:00" on the next day. */
export const JendelaPemeliharaan = z
  .array(
    z
      .strictObject({
        hari: z.enum(WEEKDAYS),
        mulai: clock,
        selesai: clock,
        catatan: z.string().trim().min(1).optional(),
      })
      .refine(({ mulai, selesai }) => mulai < selesai, {
        path: ["selesai"],
        message:
          "jam selesai harus sesudah jam mulai; lewat tengah malam ditulis sebagai dua baris",
      }),
  )
  .min(1);

export function maintenanceWindows(
  windows: z.infer<typeof JendelaPemeliharaan> | undefined,
): MaintenanceWindow[] {
  return (windows ?? []).map(({ hari, mulai, selesai }) => ({
    weekday: WEEKDAYS.indexOf(hari),
    from: minutesOf(mulai),
    to: minutesOf(selesai),
  }));
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}
