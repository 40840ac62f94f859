import { RULES, type RuleId } from "./lint-rules.ts";

/** `galat` stops the build; `peringatan` is told and stops nothing. */
export type Level = "galat" | "peringatan";

/** One thing to mend in an SOP, in sentences for the people who write SOPs. */
export interface Finding {
  /** Stable, so that it can be looked up in the guide; never renamed. */
  readonly aturan: RuleId;
  readonly tingkat: Level;
  /** Keys and indexes from the top of the file. */
  readonly path: readonly (string | number)[];
  /** What is wrong. */
  readonly pesan: string;
  /** Why it matters, with its source where there is one. */
  readonly sebab: string;
  /** What to write instead. */
  readonly saran: string;
  /** The editor's note that already tells it; null where none does. */
  readonly diketahui: string | null;
}

export function finding(
  aturan: RuleId,
  path: Finding["path"],
  pesan: string,
  saran: string,
  diketahui: string | null = null,
): Finding {
  return { aturan, ...RULES[aturan], path, pesan, saran, diketahui };
}
