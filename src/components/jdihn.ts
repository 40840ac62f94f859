import type { AgencyData } from "../catalog/agency-schema.ts";
import type { SopEntry } from "../content.config.ts";

/**
 * An SOP in the keys of the national legal documentation network's feed. What is not known stays an
 * empty string; so does the day of promulgation, since an SOP is approved, not promulgated. `operasi`
 * and `display` are fixed words of that feed.
 */
export function jdihnRecord(
  origin: string,
  { sop }: SopEntry,
  agency: Pick<AgencyData, "nama"> | undefined,
): Readonly<Record<string, string>> {
  const office = agency?.nama ?? "";
  const page = `${origin}/sop/${sop.slug}/`;
  return {
    idData: sop.slug,
    tahunPengundangan: "",
    tanggalPengundangan: "",
    jenis: "Standar Operasional Prosedur",
    noPeraturan: sop.identitas.nomor ?? "",
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
