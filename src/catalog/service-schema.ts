/**
 * What an agency decides about a service beyond its SOP (content/layanan, one file an SOP that takes
 * requests): the standar pelayanan and the maklumat pelayanan of UU 25/2009.
 *
 * Every key may be left out or null: what nobody decided is shown as such, never filled in.
 */
import { z } from "zod";

const text = z.string().trim().min(1, "tulis teksnya, atau null");
const date = z.iso.date("tulis tanggal sebagai TTTT-BB-HH, mis. 2026-01-02");
const decided = z.array(text).min(1).nullable().default(null);

export const ServiceSchema = z.strictObject({
  /** The decree by which the agency set the standard. */
  penetapan: z.strictObject({ nomor: text, tanggal: date, pejabat: text }).nullable().default(null),
  dasarHukum: decided,
  persyaratan: decided,
  prosedur: decided,
  jangkaWaktu: decided,
  biaya: decided,
  produk: decided,
  sarana: decided,
  kompetensi: decided,
  pengawasanInternal: decided,
  pengaduan: decided,
  jumlahPelaksana: decided,
  jaminanPelayanan: decided,
  jaminanKeamanan: decided,
  evaluasiKinerja: decided,
  /** Announced only when all three are there: a pledge that nobody signed binds nobody. */
  maklumat: z
    .strictObject({
      teks: z.array(text).min(1).nullable().default(null),
      tanggal: date.nullable().default(null),
      penandaTangan: text.nullable().default(null),
    })
    .nullable()
    .default(null),
});

export type ServiceData = z.infer<typeof ServiceSchema>;

export type Service = ServiceData & {
  readonly id: string;
  readonly body: string;
  readonly file: string;
};
