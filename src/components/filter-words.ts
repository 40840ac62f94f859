import { dateText, listText } from "#domain/indonesian.ts";
import { KIND_LABELS } from "#domain/workflow/form.ts";
import type { RequestFilter, RequestList } from "../../functions/services/services.ts";

export const STATE_OPTIONS = [
  ["diproses", "Diproses"],
  ["menunggu-jawaban", "Menunggu jawaban pemohon"],
  ["selesai", "Selesai"],
  ["ditolak", "Ditolak"],
  ["dibatalkan", "Dibatalkan"],
] as const;

export const ORDER_OPTIONS = [
  ["terbaru", "Terbaru diajukan"],
  ["terlama", "Terlama diajukan"],
  ["batas", "Batas waktu terdekat"],
] as const;

/** What the list was narrowed to, in words; "" where it was not. */
export function filterText(filter: RequestFilter, sops: RequestList["sops"]): string {
  const { keadaan, sop, jenis, cari, langkah, lewat, dari, sampai, saya } = filter;
  const state = STATE_OPTIONS.find(([value]) => value === keadaan)?.[1];
  return listText([
    ...(state ? [state.toLowerCase()] : []),
    ...(sop ? [`SOP “${sops.find(({ slug }) => slug === sop)?.title ?? sop}”`] : []),
    ...(jenis ? [KIND_LABELS[jenis].toLowerCase()] : []),
    ...(cari ? [`OPD atau nomor “${cari}”`] : []),
    ...(langkah ? [`sedang di langkah ${langkah}`] : []),
    ...(lewat ? ["lewat batas waktu"] : []),
    ...(dari ? [`diajukan sejak ${dateText(dari)}`] : []),
    ...(sampai ? [`diajukan sampai ${dateText(sampai)}`] : []),
    ...(saya ? ["pernah saya kerjakan"] : []),
  ]);
}

/** The filter as the query of an address, without what is not asked. */
export function filterQuery(filter: RequestFilter, page = 1): string {
  const { halaman: _, urut, ...asked } = filter;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== null) query.set(name, String(value));
  }
  if (urut !== "terbaru") query.set("urut", urut);
  if (page > 1) query.set("halaman", String(page));
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
