/** One thing to mend in an SOP. */
export interface Finding {
  /** Keys and indexes from the top of the SOP. */
  readonly path: readonly (string | number)[];
  /** What is wrong and what to write instead, for the people who write SOPs. */
  readonly pesan: string;
}
