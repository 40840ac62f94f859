import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { ASSET_CATEGORIES, ASSET_KINDS } from "#domain/assets/asset.ts";
import { Binary, CALENDAR, CSV, json, refusals, sent, uploaded } from "./describing.ts";

const Asset = z.object({
  nama: z.string(),
  pemilik: z.string(),
  jenis: z.enum(Object.keys(ASSET_KINDS)),
  kategori: z.enum(Object.keys(ASSET_CATEGORIES)),
  letak: z.string(),
  sasaran: z.string().optional().openapi({ description: "Sasaran yang dilaporkan agen" }),
  catatan: z.string().optional(),
});
const Listed = z.object({ data: z.looseObject({ total: z.int(), overdue: z.int() }) });
const Coded = z.object({ data: z.object({ code: z.string().openapi({ example: "AST-AB3CP" }) }) });
const Report = z.object({
  data: z.looseObject({ saved: z.boolean(), counts: z.record(z.string(), z.int()) }),
});
const Board = z.object({
  data: z.looseObject({ days: z.array(z.looseObject({ date: z.string() })) }),
});
const File = z.object({
  berkas: Binary,
  simpan: z.literal("ya").optional().openapi({ description: "Tanpa ini hanya diperiksa" }),
});
const Reviews = z
  .record(z.string(), z.string())
  .openapi({ description: "`hasil.<kode>` dan `catatan.<kode>` tiap aset yang ditinjau" });
const Held = z.object({ data: z.object({ held: z.int() }) });
const Viewed = z.object({
  data: z.looseObject({ code: z.string(), status: z.enum(["aktif", "nonaktif"]) }),
});
const byCode = { params: z.object({ code: z.string().openapi({ example: "AST-AB3CP" }) }) };

/** The register and the plans, for signed-in officials. */
export function describeAssets({ openAPIRegistry: registry }: OpenAPIHono): void {
  const get = (path: string, summary: string, answer: { readonly description: string }) =>
    registry.registerPath({
      method: "get",
      path,
      summary,
      responses: { 200: answer, ...refusals(401, 403) },
    });
  get("/api/assets", "Register aset instansi Anda", json(Listed, "Register"));
  get("/api/assets/register.csv", "Register aset sebagai berkas", CSV);
  get("/api/assets/reviews.ics", "Batas tinjauan tahunan aset", CALENDAR);
  get("/api/plans", "Pekerjaan seminggu atau sebulan", json(Board, "Rencana"));
  get("/api/plans.ics", "Rencana permohonan yang berjalan", CALENDAR);
  registry.registerPath({
    method: "post",
    path: "/api/assets",
    summary: "Daftarkan aset",
    request: { body: sent(Asset) },
    responses: { 200: json(Coded, "Terdaftar"), ...refusals(400, 401, 403, 409, 422) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/assets/import",
    summary: "Periksa atau simpan berkas register",
    request: { body: uploaded(File) },
    responses: { 200: json(Report, "Hasil tiap baris"), ...refusals(400, 401, 403, 409, 413, 422) },
  });
  registry.registerPath({
    method: "get",
    path: "/api/assets/{code}",
    summary: "Satu aset dengan tinjauan dan permohonannya",
    request: byCode,
    responses: { 200: json(Viewed, "Aset"), ...refusals(401, 403, 404) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/assets/{code}",
    summary: "Ubah keterangan aset",
    request: { ...byCode, body: sent(Asset) },
    responses: { 200: json(Coded, "Diubah"), ...refusals(400, 401, 403, 404, 409, 422) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/assets/{code}/deactivate",
    summary: "Nonaktifkan aset; riwayatnya tetap ada",
    request: byCode,
    responses: { 200: json(Coded, "Dinonaktifkan"), ...refusals(401, 403, 404, 409) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/assets/reviews",
    summary: "Catat hasil tinjauan tahunan",
    request: { body: sent(Reviews) },
    responses: { 200: json(Held, "Tercatat"), ...refusals(400, 401, 403, 422) },
  });
}
