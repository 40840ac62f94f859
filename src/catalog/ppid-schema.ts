/**
 * The lists of public information (content/ppid): rows of the Daftar Informasi Publik that follow
 * from no other content, and what is held back from the public, item by item.
 */
import { z } from "zod";

const text = z.string().trim().min(1, "tulis teksnya, atau null");
const date = z.iso.date("tulis tanggal sebagai TTTT-BB-HH, mis. 2026-01-02");
const id = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "tulis nama berkasnya tanpa .md, mis. uu-14-2008");
const known = text.nullable().default(null);
/** Null = all agencies of the portal. */
const instansi = id.nullable().default(null);

/** How information is to be told, in the order of UU 14/2008, articles 9 to 11. */
export const PUBLIC_CLASSES = ["berkala", "serta-merta", "setiap-saat"] as const;
export type PublicClass = (typeof PUBLIC_CLASSES)[number];

/** What nobody knows is null and shown as "–". */
export const PublicInformationSchema = z.strictObject({
  instansi,
  judul: text,
  ringkasan: text,
  /** Post or unit that holds it. */
  penguasa: known,
  penanggungJawab: known,
  waktuTempat: known,
  bentuk: known,
  retensi: known,
  media: known,
  tautan: z
    .union([z.string().regex(/^\/[^/]/), z.url({ protocol: /^https?$/ })], {
      error: "tulis alamat yang diawali / atau https://, atau null",
    })
    .nullable()
    .default(null),
  kategori: z.enum(PUBLIC_CLASSES),
});

export type PublicInformation = z.infer<typeof PublicInformationSchema>;

export const ExcludedInformationSchema = z
  .strictObject({
    instansi,
    /** Place in the list, from 1. */
    urutan: z.int().positive(),
    informasi: text,
    /** `diperiksa`: the day on which a person compared the article; null = belum diverifikasi. */
    dasarHukum: z
      .array(z.strictObject({ rujukan: id, pasal: text, diperiksa: date.nullable() }))
      .min(1, "tulis pasalnya; tanpa dasar hukum informasi tidak dapat dikecualikan"),
    bilaDibuka: text,
    bilaDitutup: text,
    jangkaWaktu: known,
    penguasa: known,
    /** The consequence test; null = only proposed. */
    uji: z.strictObject({ tanggal: date, penetapan: text }).nullable(),
    catatan: known,
  })
  .refine(({ uji, jangkaWaktu }) => uji === null || jangkaWaktu !== null, {
    path: ["jangkaWaktu"],
    message: "pengecualian yang sudah diuji perlu jangka waktu; tulis menurut penetapannya",
  });

export type ExcludedInformation = z.infer<typeof ExcludedInformationSchema>;
