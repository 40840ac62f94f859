import type { Deps } from "../deps.ts";
import type { AgencyView } from "./views.ts";

const DAYS = ["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"] as const;

/** What the content says of the agencies: read here, changed in its files. */
export function agencyViews({ catalog }: Pick<Deps, "catalog">): AgencyView[] {
  return [...catalog.agencies.values()].map((agency) => ({
    id: agency.id,
    name: agency.nama,
    zone: agency.zona,
    posts: agency.jabatan.map(({ judul, tunggal }) => ({
      title: judul,
      tunggal: tunggal === true,
    })),
    sops: [...catalog.sops.values()]
      .filter(({ sop }) => sop.instansi === agency.id)
      .map(({ sop }) => ({ slug: sop.slug, title: sop.judul })),
    hours: agency.jamKerja.map((entry) => ({
      since: entry.sejak,
      until: entry.sampai,
      ramadan: entry.ramadan,
      source: entry.sumber,
      checked: entry.diperiksa,
      days: DAYS.map((day) => ({
        day,
        text: entry.hari[day].map(([from, to]) => `${from}–${to}`.replaceAll(":", ".")).join(", "),
      })),
    })),
    daysOff: agency.calendar.daysOff.size,
    unverified: [
      ...(agency.menitSatuHari.diperiksa === null
        ? [`Lama satu hari kerja: ${agency.menitSatuHari.sumber}`]
        : []),
      ...agency.jamKerja
        .filter(({ diperiksa }) => diperiksa === null)
        .map(({ sejak, sumber }) => `Jam kerja sejak ${sejak}: ${sumber}`),
    ],
  }));
}
