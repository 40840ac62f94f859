/**
 * A law (content/dasar-hukum). What nobody compared with the source has `diperiksaPada: null` and is
 * shown as "belum diverifikasi".
 */
import { z } from "zod";

const text = z.string().trim().min(1, "tulis teksnya");
const date = z.iso.date("tulis tanggal sebagai TTTT-BB-HH, mis. 2019-10-10");
const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "tulis id berkas dasar hukum, mis. pp-71-2019");

export const LawSchema = z
  .strictObject({
    /** Kind of rule as written out, e.g. "Undang-Undang". */
    jenis: text,
    nomor: text,
    tahun: z.int(),
    /** Official title without kind, number and year. */
    judulResmi: text,
    status: z.enum(["berlaku", "dicabut", "diubah", "belum_diverifikasi"]),
    /** The law that took its place. */
    digantiOleh: id.nullable(),
    /** Laws that changed parts of it and left the rest in force. */
    diubahOleh: z.array(id).optional(),
    berlakuSejak: date.nullable(),
    /** In own words, never as a quotation. */
    pasalRelevan: z.array(z.strictObject({ pasal: text, isi: text })),
    sumberUrl: z.url("tulis alamat lengkap yang diawali https://, atau null").nullable(),
    diperiksaPada: date.nullable(),
    diperiksaOleh: text.nullable(),
    catatan: text.nullable().default(null),
  })
  .refine((law) => law.status !== "berlaku" || law.diperiksaPada !== null, {
    path: ["status"],
    message: "status berlaku perlu diperiksaPada; isi tanggalnya, atau tulis belum_diverifikasi",
  })
  .refine((law) => (law.diperiksaPada === null) === (law.diperiksaOleh === null), {
    path: ["diperiksaOleh"],
    message: "diperiksaPada dan diperiksaOleh diisi keduanya, atau null keduanya",
  });

export type LawData = z.infer<typeof LawSchema>;

export type Law = LawData & {
  readonly id: string;
  readonly body: string;
  readonly file: string;
};
