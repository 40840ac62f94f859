import { dateText } from "#domain/indonesian.ts";
import type { Field, FormValues } from "#domain/workflow/form.ts";
import type { SubmissionStep } from "#domain/workflow/submission-form.ts";
import { isBlank, rowsOf, specificationOf } from "#domain/workflow/system-rows.ts";
import { firstOf } from "./submission-pages.ts";

export interface ShownAnswer {
  readonly label: string;
  readonly text: string;
  /** Asked of everybody, and not told yet. */
  readonly missing: boolean;
}

/** The answers of one step as people read them, also those that were left empty. */
export function shownAnswers(step: SubmissionStep, values: FormValues): ShownAnswer[] {
  if (step.id === "sistem") {
    const rows = rowsOf(values).filter((row) => !isBlank(row));
    const text = rows.length > 0 ? specificationOf(rows) : firstOf(values, "spesifikasi");
    return [{ label: "Daftar", text: text || "Belum diisi", missing: text === "" }];
  }
  return step.fields
    .filter(({ type }) => type !== "file")
    .map((field) => {
      const text = textOf(field, firstOf(values, field.name));
      const missing = text === "" && field.required;
      return { label: field.label, text: text || (missing ? "Belum diisi" : "–"), missing };
    });
}

function textOf({ type, options }: Field, value: string): string {
  if (type === "date" && /^\d{4}-\d{2}-\d{2}$/.test(value)) return dateText(value);
  return options.find((option) => option.value === value)?.label ?? value;
}
