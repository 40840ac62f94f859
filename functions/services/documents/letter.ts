import { z } from "zod";
import { DocumentKind } from "#domain/sop/schema.ts";

const Row = z.strictObject({ label: z.string(), value: z.string() });

/**
 * A letter as an act leaves it behind: data only, so that page, print and PDF show the same words.
 * Stored as canonical JSON; the event names the SHA-256 of the bytes. Nothing is invented: a number
 * is given by the agency's registry, so it stays null here.
 */
export const Letter = z.strictObject({
  v: z.literal(1),
  kind: DocumentKind,
  title: z.string(),
  /** Set for demo and test data: the letter shows CONTOH. */
  sample: z.boolean(),
  agency: z.strictObject({
    id: z.string(),
    /** Lines of the letterhead, from the top. */
    letterhead: z.array(z.string()),
  }),
  sop: z.strictObject({ slug: z.string(), title: z.string(), digest: z.string() }),
  ref: z.string(),
  number: z.null(),
  /** Instant of the act, and the agency's local date. */
  at: z.iso.datetime(),
  date: z.iso.date(),
  from: z.string(),
  to: z.array(z.string()),
  rows: z.array(Row),
  /** From the agent's signed result; empty where no agent worked. */
  evidence: z.array(Row),
  attachments: z.array(z.strictObject({ kind: z.string(), title: z.string(), sha256: z.string() })),
});
export type Letter = z.infer<typeof Letter>;
