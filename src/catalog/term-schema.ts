/** A glossary entry (content/istilah): one concept, one word, in pages and in code. */
import { z } from "zod";

const text = z.string().trim().min(1, "tulis teksnya");

export const TermSchema = z.strictObject({
  istilah: text,
  /** Other spellings and abbreviations that readers meet in the sources. */
  lain: z.array(text).default([]),
  arti: text,
  /** The name in code; null where code does not name it. */
  identifier: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/, "tulis nama seperti dalam kode, mis. mutuBaku")
    .nullable(),
  /** Words that must not stand for it. */
  janganPakai: z.array(text).default([]),
  /** False for everyday words: SOP pages do not link them to their meaning. */
  tautkan: z.boolean().default(true),
});

export type Term = z.infer<typeof TermSchema> & {
  readonly id: string;
  readonly body: string;
  readonly file: string;
};
