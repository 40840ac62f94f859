import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { RefusalClass } from "#domain/workflow/types.ts";
import { DECISIONS } from "../../services/requests/decide.ts";
import {
  Binary,
  byRef,
  CALENDAR,
  json,
  PDF,
  Reference,
  refusals,
  Seen,
  sent,
} from "./describing.ts";

const Submission = z.object({
  sop: z.string().openapi({ example: "slug-sop" }),
  jenis: z.enum(["backup", "restore"]),
  opd: z.string(),
  nama: z.string(),
  surel: z.email(),
  kontak: z.string().optional(),
  nomorSurat: z.string().optional(),
  spesifikasi: z.string().openapi({ description: "Satu baris untuk satu sistem" }),
  kodeAset: z.string().optional().openapi({ description: "Beberapa kode dipisah koma" }),
  kategori: z.enum(["strategis", "tinggi", "rendah"]).optional(),
  kejadian: z.string().optional().openapi({ description: "Untuk restore" }),
  titikPulih: z.string().optional().openapi({ description: "Untuk restore" }),
  alasan: z.string(),
  waktu: z.iso.date().optional(),
  catatanWaktu: z.string().optional(),
});
/** What stands in the submission may be mended, but for the kind of request. */
const Correction = Submission.omit({ sop: true, jenis: true }).extend({
  seen: Seen,
  kode: z.string(),
  catatan: z.string().openapi({ description: "Perbaikan yang dilakukan" }),
});

const Submitted = z.object({
  data: z.object({ ref: Reference, code: z.string(), created: z.boolean() }),
});

const Decision = z
  .object({
    act: z.string(),
    seen: Seen,
    decision: z.enum(DECISIONS),
    tick: z.array(z.string()).optional(),
    branch: z.string().optional(),
    to: z.string().optional().openapi({ description: "Tindakan tujuan pengembalian" }),
    job: z.string().optional().openapi({
      description: "Pemulihan yang salinan lamanya dibicarakan, atau permintaan yang diputuskan",
    }),
    digest: z.string().optional().openapi({ description: "Sidik perintah yang disetujui" }),
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

/** Requests, from the submission to the last document, by the tracking code or signed in. */
export function describeRequests({ openAPIRegistry: registry }: OpenAPIHono): void {
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
              surat: Binary.optional(),
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
    request: byRef,
    responses: { 200: json(Viewed, "Permohonan"), ...refusals(401, 404, 429) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/requests/{ref}/decisions",
    summary: "Lakukan tindakan yang sedang menunggu",
    request: {
      params: byRef.params,
      body: sent(Decision),
    },
    responses: {
      200: json(Viewed, "Permohonan sesudah tindakan"),
      ...refusals(400, 401, 403, 404, 409, 422, 429),
    },
  });
  registry.registerPath({
    method: "post",
    path: "/api/requests/{ref}/corrections",
    summary: "Perbaiki permohonan yang dikembalikan, dengan kode lacak",
    request: {
      params: byRef.params,
      body: {
        required: true,
        content: {
          "multipart/form-data": {
            schema: Correction.extend({
              surat: Binary.optional(),
            }),
          },
        },
      },
    },
    responses: {
      200: json(Viewed, "Permohonan sesudah perbaikan"),
      ...refusals(400, 403, 404, 409, 413, 415, 422, 429),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/requests/{ref}/tanda-terima",
    summary: "Tanda terima permohonan, dengan kode lacak",
    request: byRef,
    responses: {
      200: PDF,
      ...refusals(401, 404, 429),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/requests/{ref}/documents/{id}",
    summary: "Unduh dokumen permohonan; surat juga sebagai PDF atau ODT",
    request: {
      params: byRef.params.extend({ id: z.string() }),
      query: byRef.query.extend({ bentuk: z.enum(["pdf", "odt"]).optional() }),
    },
    responses: { 200: { description: "Berkas" }, ...refusals(401, 404, 429) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/requests/{ref}/preview",
    summary: "Unduh konsep surat dari isian tindakan; tidak ada yang disimpan",
    request: { params: byRef.params },
    responses: { 200: { description: "PDF" }, ...refusals(400, 401, 403, 404, 409, 422, 429) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/requests/{ref}/berita-acara",
    summary: "Buat berita acara permohonan yang selesai, satu kali (di luar SOP)",
    request: { params: byRef.params },
    responses: {
      200: json(Viewed, "Permohonan dengan berita acaranya"),
      ...refusals(400, 401, 403, 404, 409, 422, 429),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/requests/{ref}/stream",
    summary: "Ikuti kemajuan pekerjaan agen (Server-Sent Events)",
    request: byRef,
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
    path: "/api/requests/{ref}/tenggat.ics",
    summary: "Batas waktu langkah yang sedang berjalan, untuk kalender",
    request: byRef,
    responses: { 200: CALENDAR, ...refusals(401, 404, 429) },
  });
}
