/** What the pages of the pemohon show. */
import type { Field } from "#domain/workflow/form.ts";
import type { RequestView } from "#domain/workflow/view.ts";
import type { TalkRound } from "./workroom.ts";

export type { KeptLetter } from "./submissions/store.ts";
export type { SubmissionDraftView } from "./submissions/view.ts";

/** When the whole request is usually done. */
export interface EstimateView {
  /** "2 jam kerja sampai 2 hari kerja". */
  readonly text: string;
  /** Instants: half of all are done by `from`, nine of ten by `to`. */
  readonly from: string;
  readonly to: string;
  readonly basis: "measured" | "standard" | "both";
}

export interface TrackedView extends RequestView {
  readonly estimate: EstimateView | null;
  /** Questions and returns with what came back; empty without the code. */
  readonly rounds: readonly TalkRound[];
  /** Fields to mend, filled with the answers as they are; null where nothing was returned. */
  readonly mending: readonly Field[] | null;
  /** When the work is planned. */
  readonly plan: { readonly startsAt: string; readonly endsAt: string } | null;
}
