/** Days off of one year (content/libur): national holidays and cuti bersama, with their decree. */
import { z } from "zod";

const text = z.string().trim().min(1, "tulis teksnya");
const date = z.iso.date({
  error: "tulis tanggal sebagai TTTT-BB-HH, mis. 2026-01-01",
  // The year is not asked of something that is no date.
  abort: true,
});

export const HolidayYearSchema = z
  .strictObject({
    tahun: z.int(),
    /** The joint decree; null where it is not known. */
    keputusan: text.nullable(),
    sumber: text,
    /** When a person compared the list with the decree; null = belum diverifikasi. */
    diperiksa: date.nullable(),
    catatan: text.nullable().default(null),
    hari: z
      .array(
        z.strictObject({
          tanggal: date,
          jenis: z.enum(["libur_nasional", "cuti_bersama"]),
          nama: text,
        }),
      )
      .min(1),
  })
  .superRefine((year, context) => {
    year.hari.forEach((day, index) => {
      const path = ["hari", index, "tanggal"];
      if (!day.tanggal.startsWith(`${year.tahun}-`)) {
        context.addIssue({
          code: "custom",
          path,
          message: `tanggal harus dalam tahun ${year.tahun}; pindahkan ke berkas tahunnya`,
        });
      }
      if (year.hari.findIndex((other) => other.tanggal === day.tanggal) !== index) {
        context.addIssue({
          code: "custom",
          path,
          message: "tanggal ini sudah ada; hapus salah satu",
        });
      }
    });
  });

export type HolidayYear = z.infer<typeof HolidayYearSchema> & { readonly file: string };
