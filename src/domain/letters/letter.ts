/**
 * A letter as an act leaves it behind: data only, so that page, print, PDF and ODT show the same
 * words. Stored as canonical JSON; the event names the SHA-256 of the bytes. Nothing is invented:
 * what nobody gave is null or empty and shown as "–".
 */
import { z } from "zod";
import { DocumentKind } from "../sop/schema.ts";

/** In the place of what nobody gave. */
export const EMPTY = "–";

const Line = z.strictObject({ label: z.string(), value: z.string() });
const Answer = z.strictObject({ name: z.string(), label: z.string(), value: z.string() });

/**
 * konsep: a preview, stored nowhere; diparaf: its maker has initialled it and somebody else signs;
 * tanpa-tanda-tangan: final, but nobody signed it electronically.
 */
export const LetterState = z.enum(["konsep", "diparaf", "ditandatangani", "tanpa-tanda-tangan"]);
export type LetterState = z.infer<typeof LetterState>;

export const LetterSigner = z.strictObject({
  /** With its capacity, e.g. "Plt. Kepala Dinas". */
  title: z.string(),
  name: z.string(),
  rank: z.string().nullable(),
  nip: z.string().nullable(),
});
export type LetterSigner = z.infer<typeof LetterSigner>;

/** One disposisi of a chain. */
const Passing = z.strictObject({
  from: z.string(),
  to: z.array(z.string()),
  date: z.iso.date(),
  instruction: z.string(),
  by: z.string(),
});

export const Letter = z.strictObject({
  v: z.literal(2),
  kind: DocumentKind,
  title: z.string(),
  /** Set for demo and test data: the letter shows CONTOH. */
  sample: z.boolean(),
  state: LetterState,
  agency: z.strictObject({
    id: z.string(),
    name: z.string(),
    /** Lines of the letterhead, from the top. */
    letterhead: z.array(z.string()),
    /** Address and contacts under the letterhead. */
    contact: z.array(z.string()),
    /** Town before the date. */
    place: z.string().nullable(),
  }),
  sop: z.strictObject({
    slug: z.string(),
    title: z.string(),
    digest: z.string(),
    number: z.string().nullable(),
  }),
  ref: z.string(),
  /** Of the agency's register; null where its format is not known, or not yet given. */
  number: z.string().nullable(),
  sifat: z.string().nullable(),
  subject: z.string(),
  copies: z.array(z.string()),
  /** Instant of the act, and the agency's local date. */
  at: z.iso.datetime(),
  date: z.iso.date(),
  from: z.string(),
  to: z.array(z.string()),
  signer: LetterSigner.nullable(),
  /** Who made and checked it before it was signed. */
  initials: z.array(LetterSigner),
  /** Name of the signing adapter; null where nobody signed. */
  signedWith: z.string().nullable(),
  /** Where anybody may verify the PDF. */
  verify: z.strictObject({ code: z.string(), address: z.string() }).nullable(),
  /** The request the letter is about. */
  request: z.strictObject({
    work: z.string(),
    opd: z.string(),
    name: z.string(),
    letterNumber: z.string().nullable(),
    submitted: z.iso.date(),
  }),
  rows: z.array(Answer),
  /** Earlier disposisi of the request, oldest first. */
  chain: z.array(Passing),
  /** What was done so far: when, what, and by which position. */
  activities: z.array(z.strictObject({ at: z.string(), what: z.string(), by: z.string() })),
  /** From the agent's signed result; empty where no agent worked. */
  evidence: z.array(Line),
  /** What the signed result proves, in a sentence. */
  conclusion: z.string().nullable(),
  attachments: z.array(
    z.strictObject({
      kind: z.string(),
      title: z.string(),
      number: z.string().nullable(),
      sha256: z.string(),
    }),
  ),
});
export type Letter = z.infer<typeof Letter>;

/** Letters as they were stored before they had numbers, signers and states. */
const FirstLetter = z.strictObject({
  v: z.literal(1),
  kind: DocumentKind,
  title: z.string(),
  sample: z.boolean(),
  agency: z.strictObject({ id: z.string(), letterhead: z.array(z.string()) }),
  sop: z.strictObject({ slug: z.string(), title: z.string(), digest: z.string() }),
  ref: z.string(),
  number: z.null(),
  at: z.iso.datetime(),
  date: z.iso.date(),
  from: z.string(),
  to: z.array(z.string()),
  rows: z.array(Line),
  evidence: z.array(Line),
  attachments: z.array(z.strictObject({ kind: z.string(), title: z.string(), sha256: z.string() })),
});

/** A stored letter of any version. Throws where the JSON is no letter. */
export function readLetter(json: unknown): Letter {
  const stored = z.discriminatedUnion("v", [Letter, FirstLetter]).parse(json);
  return stored.v === 2 ? stored : broughtUp(stored);
}

function broughtUp(first: z.infer<typeof FirstLetter>): Letter {
  const [name = first.from, ...title] = first.from.split(", ");
  return {
    ...first,
    v: 2,
    state: "tanpa-tanda-tangan",
    agency: {
      ...first.agency,
      name: first.agency.letterhead.at(-1) ?? "",
      contact: [],
      place: null,
    },
    sop: { ...first.sop, number: null },
    sifat: null,
    subject: first.title,
    copies: [],
    signer: { title: title.join(", "), name, rank: null, nip: null },
    initials: [],
    signedWith: null,
    verify: null,
    request: { work: "", opd: "", name: "", letterNumber: null, submitted: first.date },
    rows: first.rows.map((row) => ({ name: "", ...row })),
    chain: [],
    activities: [],
    conclusion: null,
    attachments: first.attachments.map((one) => ({ ...one, number: null })),
  };
}
