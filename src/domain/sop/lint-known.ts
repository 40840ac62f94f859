import type { Finding } from "./finding.ts";
import type { Sop } from "./schema.ts";

type Note = Sop["catatanPenyunting"][number];

/**
 * Marks the advice that an editor's note already gives. A note counts only where it speaks of the very
 * place (its block, or its step by number) and of the matter by its word; nothing is left out, what
 * is known is told as known.
 */
export function markKnown(sop: Sop, advice: readonly Finding[]): Finding[] {
  return advice.map((one) => ({
    ...one,
    diketahui:
      one.diketahui ?? sop.catatanPenyunting.find((note) => tells(note, sop, one))?.teks ?? null,
  }));
}

/** Words a note uses when it speaks of what a rule found. */
const MATTER: Partial<Record<Finding["aturan"], RegExp>> = {
  "nomor-butir": /\bbernomor\b|\bnomor (?:butir|dalam naskah|tercetak)\b/i,
  "kelengkapan-kosong": /\bkelengkapan\b/i,
  "waktu-kosong": /\bwaktu\b/i,
  "waktu-bukan-angka": /\bwaktu\b/i,
  "output-kosong": /\boutput\b/i,
  "uraian-menyebut-pelaksana": /\bpelaksana(?:nya)?\b/i,
  "uraian-tanpa-kata-kerja": /\bkata kerja\b/i,
  "awal-akhir-bukan-kapsul": /\bkapsul\b/i,
  "konektor-tak-berpasangan": /\b(?:konektor|penghubung)\b/i,
  "perulangan-tanpa-batas": /\bbatas\b/i,
};

const BLOCK_OF: Readonly<Record<string, Note["bagian"]>> = {
  dasarHukum: "dasar-hukum",
  kualifikasi: "kualifikasi",
  keterkaitan: "keterkaitan",
  peralatan: "peralatan",
  peringatan: "peringatan",
  pencatatan: "pencatatan",
};

function tells({ bagian, teks }: Note, sop: Sop, { aturan, path }: Finding): boolean {
  const matter = MATTER[aturan];
  if (!matter?.test(teks)) return false;
  const [top, at] = path;
  if (top !== "langkah" || typeof at !== "number") return BLOCK_OF[String(top)] === bagian;
  const no = sop.langkah[at]?.no;
  return bagian === "prosedur" && new RegExp(`\\blangkah ${no}\\b`, "i").test(teks);
}
