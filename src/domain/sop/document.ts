/** The parts of an SOP document in the order of PermenPANRB 35/2012, for every rendering alike. */
import { dateText } from "../indonesian.ts";
import type { BlockId, Sop } from "./schema.ts";

/** A line of a block: as printed, with the law or the SOP it names. */
export interface BlockItem {
  readonly nomor: number | null;
  readonly teks: string;
  /** Id of the law. */
  readonly law: string | null;
  /** Slug of the SOP. */
  readonly sop: string | null;
}

export interface Block {
  /** Anchor of the block. */
  readonly id: string;
  readonly title: string;
  readonly items: readonly BlockItem[];
}

const TITLES: Readonly<Record<BlockId, string>> = {
  "dasar-hukum": "Dasar Hukum",
  kualifikasi: "Kualifikasi Pelaksana",
  keterkaitan: "Keterkaitan",
  peralatan: "Peralatan/Perlengkapan",
  peringatan: "Peringatan",
  pencatatan: "Pencatatan dan Pendataan",
};

/** The six blocks, also where they are empty, and after them those that the source adds. */
export function blocksOf(sop: Sop): Block[] {
  const plain = ({ nomor, teks }: Sop["kualifikasi"][number]): BlockItem => ({
    nomor,
    teks,
    law: null,
    sop: null,
  });
  const items: Readonly<Record<BlockId, readonly BlockItem[]>> = {
    "dasar-hukum": sop.dasarHukum.map((item) => ({ ...plain(item), law: item.rujukan })),
    kualifikasi: sop.kualifikasi.map(plain),
    keterkaitan: sop.keterkaitan.map((item) => ({ ...plain(item), sop: item.rujukan ?? null })),
    peralatan: sop.peralatan.map(plain),
    peringatan: sop.peringatan.map(plain),
    pencatatan: sop.pencatatan.map(plain),
  };
  const six = (Object.keys(TITLES) as BlockId[]).map((id) => ({
    id,
    title: sop.judulBagian?.[id] ?? TITLES[id],
    items: items[id],
  }));
  const extra = (sop.bagianTambahan ?? []).map(({ id, judul, butir }) => ({
    id,
    title: judul,
    items: butir.map(plain),
  }));
  return [...six, ...extra];
}

export interface IdentityRow {
  readonly label: string;
  /** Null where the source is empty. */
  readonly value: string | null;
}

/**
 * The identity block. Agencies print either the day of approval or the day of force; the row the
 * source lacks is left out.
 */
export function identityRows({ identitas: one }: Pick<Sop, "identitas">): IdentityRow[] {
  const day = (label: string, date: string | null): IdentityRow => ({
    label,
    value: date === null ? null : dateText(date),
  });
  const sheet = (one.lembarPengesahan ?? []).map(({ sebagai, jabatan, nama, nip }) => ({
    label: sebagai,
    value: [jabatan, nama, nip === null ? null : `NIP ${nip}`].filter(Boolean).join(", "),
  }));
  return [
    { label: "Nomor SOP", value: one.nomor },
    day("Tanggal Pembuatan", one.tanggalPembuatan),
    day("Tanggal Revisi", one.tanggalRevisi),
    ...(one.tanggalPengesahan !== null || one.tanggalEfektif === null
      ? [day("Tanggal Pengesahan", one.tanggalPengesahan)]
      : []),
    ...(one.tanggalEfektif === null ? [] : [day("Tanggal Efektif", one.tanggalEfektif)]),
    ...(sheet.length > 0 ? sheet : [{ label: "Disahkan Oleh", value: one.disahkanOleh }]),
    { label: "Nama SOP", value: one.namaSop },
  ];
}
