import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { DATASETS } from "#domain/transparency/datasets.ts";
import { Binary, file, json, Reference, refusals, sent, uploaded } from "./describing.ts";

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
const secret = z.string().openapi({ description: "Rahasia dari tautan konsep" });
const Step = z.looseObject({
  sop: z.string().openapi({ example: "slug-sop" }),
  langkah: z.string().openapi({ description: "Halaman formulir yang disimpan" }),
  konsep: secret.optional(),
  aksi: z.string().optional().openapi({ description: "`simpan` berhenti di sini dahulu" }),
  surat: Binary.optional(),
});
const Draft = z.object({ konsep: secret, sop: z.string() });
const Saved = z.object({ data: z.object({ konsep: secret, next: z.string().nullable() }) });
const Sent = z.object({
  data: z.object({ ref: Reference, code: z.string(), created: z.boolean() }),
});
const Discarded = z.object({ data: z.object({ slug: z.string() }) });

/** What nobody signs in for. */
export function describePublic(app: OpenAPIHono): void {
  describeDrafts(app);
  describeOpenData(app);
  const { openAPIRegistry: registry } = app;
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
}

function describeDrafts({ openAPIRegistry: registry }: OpenAPIHono): void {
  registry.registerPath({
    method: "post",
    path: "/api/drafts",
    summary: "Simpan satu halaman formulir; tanpa `konsep` dimulai konsep baru",
    request: { body: uploaded(Step) },
    responses: {
      200: json(Saved, "Tersimpan; `next` halaman berikutnya"),
      ...refusals(400, 403, 404, 413, 415, 422, 429),
    },
  });
  registry.registerPath({
    method: "post",
    path: "/api/drafts/send",
    summary: "Ajukan konsep sebagai permohonan",
    request: { body: sent(Draft) },
    responses: {
      201: json(Sent, "Permohonan dibuat"),
      200: json(Sent, "Permohonan yang sama sudah ada"),
      ...refusals(400, 403, 404, 410, 422, 429),
    },
  });
  registry.registerPath({
    method: "post",
    path: "/api/drafts/discard",
    summary: "Hapus konsep",
    request: { body: sent(Draft) },
    responses: { 200: json(Discarded, "Dihapus"), ...refusals(400, 403, 404, 429) },
  });
}

/** Outside /api, since the addresses are meant to be passed on. */
function describeOpenData({ openAPIRegistry: registry }: OpenAPIHono): void {
  const open = (path: string, summary: string, mime: string) =>
    registry.registerPath({
      method: "get",
      path,
      summary,
      responses: { 200: file("Data terbuka", mime) },
    });
  for (const { name, title } of DATASETS) {
    open(`/data/${name}/${name}.csv`, `${title} (CSV)`, "text/csv");
    open(`/data/${name}/${name}.json`, `${title} (JSON)`, "application/json");
    open(`/data/${name}/datapackage.json`, `${title}: arti tiap kolom`, "application/json");
  }
  open("/data/katalog.jsonld", "Katalog data terbuka (DCAT)", "application/ld+json");
  open("/umpan/transparansi.atom", "Terbitan angka pelayanan", "application/atom+xml");
}
