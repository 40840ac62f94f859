import type { Statement } from "#db/client.ts";
import { AppError } from "#domain/errors.ts";
import { type Field, type FormValues, readForm } from "#domain/workflow/form.ts";
import type { Command } from "#domain/workflow/types.ts";
import type { Deps } from "../deps.ts";
import type { OpenedRequest } from "./access.ts";
import type { ActLetter } from "./act-letter.ts";
import { answersOf, sealContent } from "./content.ts";

/** What a decision writes besides its event. */
export interface Prepared {
  readonly command: Command;
  readonly also: readonly Statement[];
  readonly letter: ActLetter | null;
  /** Agent to wake. */
  readonly wake: string | null;
}

export function only(command: Command, statement: Statement): Prepared {
  return { command, also: [statement], letter: null, wake: null };
}

/** The words that a decision outside the SOP leaves behind. INPUT_INVALID names what to mend. */
export async function reasonOf(
  deps: Deps,
  { row }: OpenedRequest,
  form: readonly Field[],
  raw: FormValues,
) {
  const { values, problems } = readForm(form, raw);
  if (problems.length > 0) throw new AppError("INPUT_INVALID", "reason", { problems });
  const answers = answersOf(form, values);
  return { content: await sealContent(deps, { request: row.id, answers }), values };
}
