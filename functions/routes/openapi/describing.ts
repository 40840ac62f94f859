/** What the descriptions have in common. */
import { z } from "@hono/zod-openapi";
import type { Field } from "#domain/workflow/form.ts";
import { ErrorAnswer } from "#protocol/v1.ts";

export const Reference = z.string().openapi({ example: "ABC-2DE-3FG" });
export const Seen = z
  .string()
  .openapi({ description: "`head` yang dibaca; lain dari yang terbaru ditolak" });
const Code = z.string().optional().openapi({ description: "Kode lacak pemohon" });
export const byRef = {
  params: z.object({ ref: Reference }),
  query: z.object({ kode: Code }),
};
export const Binary = z.string().openapi({ format: "binary" });

export const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
export const file = (description: string, mime: string) => ({
  description,
  content: { [mime]: {} },
});
export const CALENDAR = file("iCalendar (RFC 5545)", "text/calendar");
export const CSV = file("CSV (RFC 4180)", "text/csv");
export const PDF = file("PDF", "application/pdf");

export const refusals = (...statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, json(ErrorAnswer, "Ditolak")]));

/** A body as JSON; forms of the pages send the same names. */
export const sent = (schema: z.ZodType) => ({
  required: true,
  content: { "application/json": { schema } },
});
/** A body that may hold a file. */
export const uploaded = (schema: z.ZodType) => ({
  required: true,
  content: { "multipart/form-data": { schema } },
});

/** The fields of a form as the page and the check of the portal know them. */
export function fieldsOf(fields: readonly Field[]): Record<string, z.ZodType> {
  return Object.fromEntries(
    fields.map((field) => {
      const schema = schemaOf(field).openapi({ description: field.label });
      return [field.name, field.required ? schema : schema.optional()];
    }),
  );
}

function schemaOf({ type, options, maxLength }: Field): z.ZodType {
  switch (type) {
    case "file":
      return z.string().openapi({ format: "binary" });
    case "email":
      return z.email();
    case "date":
      return z.iso.date();
    case "select":
      return options.length === 0 ? z.string() : z.enum(options.map(({ value }) => value));
    case "choices":
      return z.array(z.string());
    default:
      return z.string().max(maxLength);
  }
}
