import { pageFeedback } from "#db/schema/feedback.ts";
import { localDate, ZONES } from "#domain/calendar/local-time.ts";
import { AppError, type FieldProblem } from "#domain/errors.ts";
import { publicPageOf } from "#domain/public-page.ts";
import type { Deps } from "../deps.ts";

export const COMMENT_LENGTH_MAX = 1_000;
const ID_BYTES = 8;

/** As it was sent; an empty comment counts as none. */
export interface FeedbackInput {
  readonly path: string;
  readonly helpful: string;
  readonly comment: string;
}

/** Keeps what a reader said of a page. INPUT_INVALID names each field to mend. */
export async function addFeedback(
  deps: Pick<Deps, "db" | "catalog" | "now" | "randomBytes">,
  input: FeedbackInput,
): Promise<{ readonly path: string }> {
  const comment = plainText(input.comment);
  const problems: FieldProblem[] = [];
  if (!isPage(deps, input.path)) {
    problems.push({
      field: "halaman",
      pesan: "Halaman ini tidak dikenal. Buka halamannya di portal ini, lalu kirim dari sana.",
    });
  }
  if (input.helpful !== "ya" && input.helpful !== "tidak") {
    problems.push({ field: "membantu", pesan: "Pilih Ya atau Tidak." });
  }
  if (comment.length > COMMENT_LENGTH_MAX) {
    problems.push({
      field: "saran",
      pesan: `Saran paling panjang ${COMMENT_LENGTH_MAX.toLocaleString("id-ID")} huruf. Pendekkan, lalu kirim lagi.`,
    });
  }
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "feedback", { problems });
  await deps.db.orm.insert(pageFeedback).values({
    id: Buffer.from(deps.randomBytes(ID_BYTES)).toString("hex"),
    path: input.path,
    helpful: input.helpful === "ya",
    comment: comment === "" ? null : comment,
    day: localDate(deps.now(), ZONES["Asia/Jakarta"].offsetMinutes),
  });
  return { path: input.path };
}

/** Only pages that are there, so that nobody fills the list with addresses of their own making. */
function isPage({ catalog }: Pick<Deps, "catalog">, path: string): boolean {
  const page = publicPageOf(path);
  switch (page?.kind) {
    case "sop": {
      const versions = catalog.sops.get(page.id)?.versions ?? [];
      return versions.some(({ sop }) => page.versi === null || sop.versi === page.versi);
    }
    case "law":
      return catalog.laws.has(page.id);
    case "guide":
      return catalog.guides.has(page.id);
    default:
      return false;
  }
}

/**
 * Lines end as the form shows them (browsers send CR LF), and nothing stays that would steer the
 * terminal or turn the writing of whoever reads the list.
 */
function plainText(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu, " ")
    .trim();
}
