import type { Catalog } from "#catalog/load.ts";
import type { DataRow } from "#domain/transparency/datasets.ts";

/** The published SOPs; drafts are not told of. */
export function sopRows({ sops, agencies }: Catalog, origin: string): DataRow[] {
  return [...sops.values()]
    .filter(({ life }) => life.status !== "draf")
    .map(({ sop, life, digest }) => ({
      layanan: sop.slug,
      judul: sop.judul,
      instansi: agencies.get(sop.instansi)?.nama ?? sop.instansi,
      nomor: sop.identitas.nomor,
      versi: sop.versi,
      status: life.status,
      tanggal_efektif: sop.identitas.tanggalEfektif,
      sidik: digest,
      alamat: `${origin}/sop/${sop.slug}/`,
    }));
}
