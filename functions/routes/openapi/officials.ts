import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { byRef, CALENDAR, CSV, json, Reference, refusals, sent } from "./describing.ts";

const Recorded = z.object({
  data: z.looseObject({
    ref: Reference,
    head: z.string(),
    events: z.array(z.looseObject({ version: z.int(), hash: z.string(), bytes: z.string() })),
  }),
});
const Listed = z.object({ data: z.array(z.looseObject({ ref: Reference, stepNo: z.int() })) });
const MandateView = z.looseObject({
  id: z.string(),
  agency: z.string(),
  giver: z.string(),
  receiver: z.string(),
  since: z.iso.date(),
  until: z.iso.date(),
  state: z.enum(["coming", "in_force", "over", "taken_back"]),
});
const Mandates = z.object({
  data: z.looseObject({ given: z.array(MandateView), received: z.array(MandateView) }),
});
const Mandate = z.object({
  jabatan: z.string().openapi({
    description: "Instansi dan jabatan yang dipinjamkan",
    example: "kaltim/kepala-bidang",
  }),
  penerima: z.string().openapi({ description: "Orang penerima, dari `receivers`" }),
  sejak: z.iso.date(),
  sampai: z.iso.date(),
  dasar: z.string().openapi({ description: "Surat yang menjadi dasar" }),
});
const Given = z.object({ data: z.object({ id: z.string() }) });
const Overview = z.object({ data: z.looseObject({}) });

/** What the signed in read and do besides deciding on requests. */
export function describeOfficials({ openAPIRegistry: registry }: OpenAPIHono): void {
  registry.registerPath({
    method: "get",
    path: "/api/calendar/{alamat}.ics",
    summary: "Batas waktu yang menunggu seorang pejabat; alamatnya rahasia dan dapat diganti",
    request: { params: z.object({ alamat: z.string() }) },
    responses: { 200: CALENDAR, ...refusals(404, 429) },
  });
  registry.registerPath({
    method: "get",
    path: "/api/inbox",
    summary: "Tindakan yang menunggu jabatan Anda, 50 sehalaman",
    request: { query: z.object({ halaman: z.string().optional() }) },
    responses: { 200: json(Listed, "Daftar tindakan"), ...refusals(401) },
  });
  registry.registerPath({
    method: "get",
    path: "/api/inbox/stream",
    summary: "Nomor permohonan instansi Anda yang berubah (Server-Sent Events)",
    responses: {
      200: { description: "Kejadian `changed`", content: { "text/event-stream": {} } },
      ...refusals(401),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/requests.csv",
    summary: "Daftar permohonan instansi Anda, dengan saringan halaman permohonan",
    responses: {
      200: CSV,
      ...refusals(401),
    },
  });
  registry.registerPath({
    method: "get",
    path: "/api/requests/{ref}/riwayat.json",
    summary: "Riwayat lengkap permohonan dengan sidik tiap kejadian, untuk pemeriksaan",
    request: { params: byRef.params },
    responses: { 200: json(Recorded, "Riwayat"), ...refusals(401, 404) },
  });
  registry.registerPath({
    method: "get",
    path: "/api/mandates",
    summary: "Mandat yang Anda berikan dan terima",
    responses: { 200: json(Mandates, "Mandat"), ...refusals(401) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/mandates",
    summary: "Pinjamkan jabatan Anda untuk suatu waktu",
    request: { body: sent(Mandate) },
    responses: { 200: json(Given, "Diberikan"), ...refusals(400, 401, 403, 409, 422) },
  });
  registry.registerPath({
    method: "post",
    path: "/api/mandates/{id}/end",
    summary: "Cabut mandat yang Anda berikan",
    request: { params: z.object({ id: z.string() }) },
    responses: { 200: json(Given, "Dicabut"), ...refusals(401, 403, 404, 409) },
  });
  registry.registerPath({
    method: "get",
    path: "/api/admin/overview",
    summary: "Peran tanpa pemegang, jabatan yang akan berakhir, keadaan agen; untuk admin",
    responses: { 200: json(Overview, "Ringkasan"), ...refusals(401, 403) },
  });
}
