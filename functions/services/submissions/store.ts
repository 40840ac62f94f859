import { and, eq, gt, sql } from "drizzle-orm";
import { z } from "zod";
import { submissionDrafts } from "#db/schema/requests.ts";
import { AppError } from "#domain/errors.ts";
import type { FoundInUpload } from "#domain/workflow/view.ts";
import type { Deps } from "../deps.ts";
import { hashOf, open, seal } from "./seal.ts";

/** Renewed with every step that is kept. */
export const KEPT_DAYS = 14;
/** Letters of all drafts together; beyond it a draft takes no further letter. */
const LETTERS_BYTES_MAX = 2 * 1024 ** 3;

type StoreDeps = Pick<Deps, "db" | "now" | "randomBytes">;

const Found = z.custom<FoundInUpload>((value) => typeof value === "object");

const Kept = z.strictObject({
  v: z.literal(1),
  values: z.record(z.string(), z.array(z.string())),
  letter: z
    .strictObject({ mime: z.string(), bytes: z.int(), sha256: z.string(), found: Found.nullable() })
    .nullable(),
});
export type KeptLetter = NonNullable<z.infer<typeof Kept>["letter"]>;

export interface KeptDraft {
  readonly slug: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly letter: KeptLetter | null;
  readonly expiresAt: string;
}

/** DRAFT_UNKNOWN where there is none, or not any more: the two look alike. */
export async function readKept(deps: StoreDeps, token: string): Promise<KeptDraft> {
  const [row] = await deps.db.orm
    .select({
      slug: submissionDrafts.slug,
      sealed: submissionDrafts.sealed,
      expiresAt: submissionDrafts.expiresAt,
    })
    .from(submissionDrafts)
    .where(living(deps, token));
  if (!row) throw unknown();
  const json = open(token, "answers", Buffer.from(row.sealed, "base64")).toString("utf8");
  const { values, letter } = Kept.parse(JSON.parse(json));
  return { slug: row.slug, expiresAt: row.expiresAt, values, letter };
}

export async function readKeptLetter(
  deps: StoreDeps,
  token: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const [row] = await deps.db.orm
    .select({ letter: submissionDrafts.sealedLetter })
    .from(submissionDrafts)
    .where(living(deps, token));
  if (!row) throw unknown();
  return row.letter && new Uint8Array(open(token, "letter", row.letter));
}

/** Writes the draft whole. `letter`: new bytes, null to remove what is there, undefined to leave it. */
export async function keep(
  deps: StoreDeps,
  token: string,
  draft: Omit<KeptDraft, "expiresAt">,
  letter: Uint8Array | null | undefined,
): Promise<void> {
  const now = deps.now();
  const json = JSON.stringify({ v: 1, values: draft.values, letter: draft.letter });
  const kept = {
    slug: draft.slug,
    sealed: seal(token, "answers", Buffer.from(json), deps.randomBytes).toString("base64"),
    updatedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + KEPT_DAYS * 24 * 60 * 60_000).toISOString(),
    ...(letter === undefined
      ? {}
      : { sealedLetter: letter && seal(token, "letter", letter, deps.randomBytes) }),
  };
  await deps.db.orm
    .insert(submissionDrafts)
    .values({ hash: hashOf(token), ...kept })
    .onConflictDoUpdate({ target: submissionDrafts.hash, set: kept });
}

/** Refuses where the letters of all drafts fill what is set apart for them. */
export async function roomForLetter(deps: StoreDeps, bytes: number): Promise<void> {
  const [row] = await deps.db.orm
    .select({ sum: sql<number | null>`sum(length(${submissionDrafts.sealedLetter}))` })
    .from(submissionDrafts);
  if ((row?.sum ?? 0) + bytes > LETTERS_BYTES_MAX) {
    throw new AppError("INPUT_RATE_LIMITED", "the letters of drafts fill their room");
  }
}

/** The row as one that is still there, for the WHERE of any statement. */
export function living(deps: Pick<Deps, "now">, token: string) {
  return and(
    eq(submissionDrafts.hash, hashOf(token)),
    gt(submissionDrafts.expiresAt, deps.now().toISOString()),
  );
}

function unknown(): AppError {
  return new AppError("DRAFT_UNKNOWN", "no such draft");
}
