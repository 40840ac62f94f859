/** How an agency numbers its letters (tata naskah dinas): every region has rules of its own. */
import { z } from "zod";
import { formatNames, problemOfFormat } from "#domain/letters/number.ts";
import { DocumentKind } from "#domain/sop/schema.ts";

const text = z.string().trim().min(1, "tulis teksnya");
const date = z.iso.date("tulis tanggal sebagai TTTT-BB-HH, mis. 2025-06-01");

/** The pemohon's own letter has a number of theirs. */
export const NumberedKind = DocumentKind.exclude(["surat-permohonan"]);
export type NumberedKind = z.infer<typeof NumberedKind>;

const NumberFormat = z.strictObject({
  format: text.superRefine((format, context) => {
    const problem = problemOfFormat(format);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  }),
  /** Kode klasifikasi arsip. */
  klasifikasi: text.optional(),
  /** Kinds of one series share its count; without it each kind counts for itself. */
  seri: text.optional(),
});

export const Naskah = z
  .strictObject({
    /** Town before the date of a letter. */
    tempat: text.optional(),
    /** Sangat rahasia, rahasia, terbatas, biasa. */
    derajat: z.enum(["SR", "R", "T", "B"]).optional(),
    /** Kode perangkat daerah. */
    unit: text.optional(),
    /** Kinds that are left out have no number. */
    nomor: z.partialRecord(NumberedKind, NumberFormat).default({}),
    sumber: text,
    diperiksa: date.nullable(),
  })
  .superRefine((naskah, context) => {
    for (const [kind, rule] of Object.entries(naskah.nomor)) {
      const given = { derajat: naskah.derajat, unit: naskah.unit, klasifikasi: rule.klasifikasi };
      for (const name of ["derajat", "unit", "klasifikasi"] as const) {
        if (!formatNames(rule.format, name) || given[name] !== undefined) continue;
        context.addIssue({
          code: "custom",
          path: ["nomor", kind, "format"],
          message: `format memakai {${name}}, tetapi ${name} belum ditulis; tulis ${name}, atau hapus tanda itu`,
        });
      }
    }
  });
export type Naskah = z.infer<typeof Naskah>;
