import { type OpenAPIHono, z } from "@hono/zod-openapi";
import {
  answerForm,
  EXTENSION_FORM,
  OBJECTION_FORM,
  requestForm,
  WITHDRAWAL_FORM,
} from "#domain/ppid/forms.ts";
import { PPID_DECISIONS } from "../../services/ppid/decide.ts";
import {
  byRef,
  CSV,
  fieldsOf,
  file,
  json,
  Reference,
  refusals,
  Seen,
  uploaded,
} from "./describing.ts";

const Requested = z.object({ data: z.object({ ref: Reference, code: z.string() }) });
const Viewed = z.object({
  data: z.looseObject({
    ref: Reference,
    register: z.object({ number: z.int(), year: z.int() }),
    head: z.string(),
    limits: z.looseObject({ answer: z.iso.datetime() }),
    overdue: z.boolean(),
    may: z.record(z.string(), z.boolean()),
  }),
});
const EVERY_FORM = [...answerForm([]), ...EXTENSION_FORM, ...OBJECTION_FORM, ...WITHDRAWAL_FORM];
const Decision = z.object({
  decision: z.enum(PPID_DECISIONS).openapi({ description: "Yang boleh sekarang ada di `may`" }),
  seen: Seen,
  kode: z.string().optional().openapi({ description: "Kode lacak, bila pemohon yang bertindak" }),
  // Which of them are asked for follows from the decision.
  ...fieldsOf(EVERY_FORM.map((field) => ({ ...field, required: false }))),
});
const yearly = {
  query: z.object({ instansi: z.string(), tahun: z.string().openapi({ example: "2026" }) }),
};

/** Requests for public information and objections (UU 14/2008). */
export function describePpid({ openAPIRegistry: registry }: OpenAPIHono): void {
  registry.registerPath({
    method: "post",
    path: "/api/ppid",
    summary: "Minta informasi publik",
    request: { body: uploaded(z.object(fieldsOf(requestForm([])))) },
    responses: {
      201: json(Requested, "Permintaan tercatat dalam register"),
      ...refusals(400, 403, 413, 415, 422, 429),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/ppid/{ref}",
    summary: "Lihat permintaan informasi, dengan sesi pejabat atau kode lacak",
    request: byRef,
    responses: { 200: json(Viewed, "Permintaan"), ...refusals(401, 404, 429) },
  });
  registry.registerPath({
    method: "get",
    path: "/api/ppid/{ref}/files/{id}",
    summary: "Unduh berkas permintaan informasi",
    request: { ...byRef, params: byRef.params.extend({ id: z.string() }) },
    responses: { 200: { description: "Berkas" }, ...refusals(401, 404, 429) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/ppid/{ref}/decisions",
    summary: "Jawab, perpanjang, cabut, ajukan keberatan, atau tanggapi keberatan",
    request: { params: byRef.params, body: uploaded(Decision) },
    responses: {
      200: json(Viewed, "Permintaan sesudahnya"),
      ...refusals(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/ppid/register.csv",
    summary: "Register permintaan informasi satu tahun, untuk PPID",
    request: yearly,
    responses: { 200: CSV, ...refusals(400, 401, 403, 404) },
  });
  registry.registerPath({
    method: "get",
    path: "/api/ppid/report",
    summary: "Laporan layanan informasi satu tahun, untuk PPID",
    request: {
      query: yearly.query.extend({ bentuk: z.enum(["pdf", "odt"]).optional() }),
    },
    responses: { 200: file("PDF atau ODT", "application/pdf"), ...refusals(400, 401, 403, 404) },
  });
}
