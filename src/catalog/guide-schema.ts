/** A guide (content/panduan); its text is the Markdown after the front matter. */
import { z } from "zod";

const text = z.string().trim().min(1, "tulis teksnya");

export const GuideSchema = z.strictObject({
  judul: text,
  untuk: z.enum(["pemohon", "pejabat", "operator", "auditor", "admin"]),
  ringkasan: text,
  /** Place in the list of guides, from 1. */
  urutan: z.int().positive(),
});

export type Guide = z.infer<typeof GuideSchema> & {
  readonly id: string;
  readonly body: string;
  readonly file: string;
};
