import type { AgencyData } from "../catalog/agency-schema.ts";
import type { SopEntry } from "../content.config.ts";

/**
 * An SOP in the keys of the national legal documentation network's feed. What is not known stays an
 * empty string. An SOP is approved, not promulgated: the day of its approval stands in the place of
 * the day of promulgation. `operasi` and `display` are fixed words of that feed.
 */
export function jdihnRecord(
  origin: string,
  { sop }: SopEntry,
  agency: Pick<AgencyData, "nama"> | undefined,
): Readonly<Record<string, string>> {
  const { nomor, tanggalPengesahan, tanggalEfektif } = sop.identitas;
  const day = tanggalPengesahan ?? tanggalEfektif ?? "";
  const office = agency?.nama ?? "";
  const page = `${origin}/sop/${sop.slug}/`;
  return {
    idData: sop.slug,
    tahunPengundangan: day.slice(0, 4),
    tanggalPengundangan: day,
    jenis: "Standar Operasional Prosedur",
    noPeraturan: nomor ?? "",
    judul: sop.judul,
    noPanggil: "",
    singkatanJenis: "SOP",
    tempatTerbit: "",
    penerbit: office,
    deskripsiFisik: "",
    sumber: "",
    subjek: "",
    isbn: "",
    status: "Berlaku",
    bahasa: "Indonesia",
    bidangHukum: "",
    teuBadan: office,
    nomorIndukBuku: "",
    fileDownload: "sop.pdf",
    urlDownload: `${page}sop.pdf`,
    abstrak: "",
    urlAbstrak: "",
    urlDetailPeraturan: page,
    operasi: "4",
    display: "1",
  };
}
