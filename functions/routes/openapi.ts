import { OpenAPIHono, z } from "@hono/zod-openapi";
import { RefusalClass } from "#domain/workflow/types.ts";
import { ErrorAnswer } from "#protocol/v1.ts";

const Reference = z.string().openapi({ example: "ABC-2DE-3FG" });
const Code = z.string().optional().openapi({ description: "Kode lacak pemohon" });

const Submission = z.object({
  sop: z.string().openapi({ example: "slug-sop" }),
  jenis: z.enum(["backup", "restore"]),
  opd: z.string(),
  nama: z.string(),
  surel: z.email(),
  nomorSurat: z.string().optional(),
  spesifikasi: z.string(),
  alasan: z.string(),
});

const Submitted = z.object({
  data: z.object({ ref: Reference, code: z.string(), created: z.boolean() }),
});

const Decision = z
  .object({
    act: z.string(),
    seen: z.string().openapi({ description: "`head` yang dibaca; lain dari yang terbaru ditolak" }),
    decision: z.enum(["perform", "start", "return", "refuse", "cancel"]),
    tick: z.array(z.string()).optional(),
    branch: z.string().optional(),
    to: z.string().optional().openapi({ description: "Tindakan tujuan pengembalian" }),
    golongan: RefusalClass.optional().openapi({ description: "Wajib bila permohonan ditolak" }),
    kode: z.string().optional(),
  })
  .catchall(z.union([z.string(), z.array(z.string())]))
  .openapi({ description: "Isian tindakan memakai namanya sendiri, lihat `next.fields`" });

const Viewed = z.object({
  data: z.looseObject({
    ref: Reference,
    status: z.enum(["active", "completed", "refused", "cancelled"]),
    head: z.string(),
    steps: z.array(z.looseObject({ no: z.int(), state: z.string() })),
  }),
});

const Listed = z.object({ data: z.array(z.looseObject({ ref: Reference, stepNo: z.int() })) });
const Summary = z.object({
  data: z.looseObject({
    asOf: z.iso.date(),
    nextOn: z.iso.date(),
    services: z.array(z.looseObject({})),
  }),
});
const Feedback = z.object({
  halaman: z.string().openapi({ example: "/panduan/pemohon/" }),
  membantu: z.enum(["ya", "tidak"]),
  saran: z.string().max(1_000).optional().openapi({ description: "Tanpa data pribadi" }),
});
const FeedbackTaken = z.object({ data: Feedback.pick({ halaman: true }) });
const Health = z.object({ ok: z.literal(true), sops: z.int() });

const json = (schema: z.ZodType, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
const refusals = (...statuses: readonly number[]) =>
  Object.fromEntries(statuses.map((status) => [status, json(ErrorAnswer, "Ditolak")]));
const ref = { params: z.object({ ref: Reference }), query: z.object({ kode: Code }) };

/** The public API, described from the same schemas that check its errors. */
export function openApiDocument(origin: string) {
  return described().getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Pulih",
      version: "1",
      description: "Permohonan pencadangan dan pemulihan data menurut SOP.",
    },
    servers: [{ url: origin }],
  });
}

function described() {
  const app = new OpenAPIHono();
  const { openAPIRegistry: registry } = app;
  registry.registerPath({
    method: "post",
    path: "/api/requests",
    summary: "Ajukan permohonan",
    request: {
      body: {
        required: true,
        content: {
          "application/json": { schema: Submission },
          "multipart/form-data": {
            schema: Submission.extend({
              surat: z.string().optional().openapi({ format: "binary" }),
            }),
          },
        },
      },
    },
    responses: {
      201: json(Submitted, "Permohonan dibuat"),
      200: json(Submitted, "Permohonan yang sama sudah ada; tidak ada yang berubah"),
      ...refusals(400, 403, 404, 410, 413, 415, 422, 429),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/requests/{ref}",
    summary: "Lihat permohonan, dengan sesi pejabat atau kode lacak",
    request: ref,
    responses: { 200: json(Viewed, "Permohonan"), ...refusals(401, 404, 429) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/requests/{ref}/decisions",
    summary: "Lakukan tindakan yang sedang menunggu",
    request: {
      params: ref.params,
      body: { required: true, content: { "application/json": { schema: Decision } } },
    },
    responses: {
      200: json(Viewed, "Permohonan sesudah tindakan"),
      ...refusals(400, 401, 403, 404, 409, 422, 429),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/requests/{ref}/documents/{id}",
    summary: "Unduh dokumen permohonan",
    request: { params: ref.params.extend({ id: z.string() }), query: ref.query },
    responses: { 200: { description: "Berkas" }, ...refusals(401, 404, 429) },
  });
  registry.registerPath({
    method: "get",
    path: "/api/requests/{ref}/stream",
    summary: "Ikuti kemajuan pekerjaan agen (Server-Sent Events)",
    request: ref,
    responses: {
      200: {
        description: "Kejadian `progress` dan `changed`",
        content: { "text/event-stream": {} },
      },
      ...refusals(401, 404, 429),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/inbox",
    summary: "Tindakan yang menunggu jabatan Anda",
    responses: { 200: json(Listed, "Daftar tindakan"), ...refusals(401) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/feedback",
    summary: "Sampaikan apakah sebuah halaman membantu; tidak ditampilkan kepada umum",
    request: {
      body: {
        required: true,
        content: {
          "application/json": { schema: Feedback },
          "application/x-www-form-urlencoded": { schema: Feedback },
        },
      },
    },
    responses: { 201: json(FeedbackTaken, "Diterima"), ...refusals(400, 403, 413, 422, 429) },
  });
  registry.registerPath({
    method: "get",
    path: "/api/transparency/summary",
    summary: "Angka pelayanan",
    responses: { 200: json(Summary, "Angka per SOP") },
  });
  registry.registerPath({
    method: "get",
    path: "/api/health",
    summary: "Keadaan portal",
    responses: { 200: json(Health, "Portal siap") },
  });
  return app;
}
