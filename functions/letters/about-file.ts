import type { Letter } from "#domain/letters/letter.ts";

/** What a file says of itself in its metadata. */
export interface AboutFile {
  readonly title: string;
  readonly author: string;
  /** Local date, YYYY-MM-DD. */
  readonly date: string;
}

export function aboutLetter({ title, ref, agency, date }: Letter): AboutFile {
  return { title: `${title}, permohonan ${ref}`, author: agency.name, date };
}
