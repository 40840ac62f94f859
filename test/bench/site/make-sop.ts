/** One made-up SOP, of the size and shape of real ones: 8–14 steps, 3–6 columns, decisions that go back. */
import type { z } from "zod";
import type { Agency } from "#catalog/agency-schema.ts";
import type { Law } from "#catalog/law-schema.ts";
import type { SopSchema } from "#domain/sop/schema.ts";
import type { Dice } from "./dice.ts";
import * as words from "./words.ts";

export type SopFile = z.input<typeof SopSchema>;
type Step = SopFile["langkah"][number];

export interface Sources {
  readonly agencies: readonly Agency[];
  readonly laws: readonly Law[];
}

export function makeSop(dice: Dice, at: number, { agencies, laws }: Sources): SopFile {
  const agency = dice.pick(agencies);
  const thing = dice.pick(words.SUBJECTS);
  const judul = `${dice.pick(words.KINDS)} ${thing} ${dice.pick(words.PLACES)}`;
  const fill = (text: string) => text.replaceAll("{}", thing);
  const list = (from: readonly string[], count: number) =>
    dice.some(from, count).map((teks, index) => ({ nomor: index + 1, teks: fill(teks) }));
  const columns = dice.some(words.COLUMNS, dice.between(3, 6));
  const service = dice.chance(0.3);
  const month = `2025-${String(dice.between(1, 9)).padStart(2, "0")}`;
  const pelaksana = columns.map((title, index) => {
    const id = idOf(title);
    // Any column may ask: what counts for a procedure is that just one does.
    const asks = index === 0;
    const jabatan = asks ? [] : [dice.pick(agency.jabatan).id];
    return { id, judul: title, peran: [{ id, judul: title, jabatan, pemohon: asks }] };
  });
  const langkah = makeSteps(dice, columns.map(idOf), fill);
  if (service) addActs(langkah);
  return {
    slug: `contoh-${String(at).padStart(4, "0")}-${idOf(thing)}`,
    instansi: agency.id,
    judul,
    versi: 1,
    identitas: {
      nomor: dice.chance(0.9) ? `000.8.3/CONTOH-${at}/${month.slice(5)}/2025` : null,
      tanggalPembuatan: `${month}-${String(dice.between(1, 28)).padStart(2, "0")}`,
      tanggalRevisi: null,
      tanggalPengesahan: dice.chance(0.8) ? `${month}-28` : null,
      tanggalEfektif: null,
      disahkanOleh: dice.chance(0.8) ? "CONTOH Kepala Dinas" : null,
      namaSop: judul,
    },
    dasarHukum: dice.some(laws, dice.between(2, 6)).map((law, index) => ({
      nomor: index + 1,
      teks: `${law.jenis} Nomor ${law.nomor} Tahun ${law.tahun} tentang ${law.judulResmi};`,
      rujukan: law.id,
    })),
    kualifikasi: list(words.QUALIFICATIONS, dice.between(2, 6)),
    keterkaitan: dice.some(words.SUBJECTS, dice.between(0, 3)).map((other, index) => ({
      nomor: index + 1,
      teks: `SOP Pengelolaan ${other};`,
    })),
    peralatan: list(words.EQUIPMENT, dice.between(2, 6)),
    peringatan: list(words.WARNINGS, dice.between(0, 3)),
    pencatatan: list(words.RECORDS, dice.between(1, 3)),
    kepalaTabel: {
      no: "No",
      kegiatan: "Kegiatan",
      pelaksana: "Pelaksana",
      mutuBaku: "Mutu Baku",
      kelengkapan: "Kelengkapan",
      waktu: "Waktu",
      output: "Output",
      keterangan: "Keterangan",
    },
    jenisPermohonan: service ? ["backup", "restore"] : [],
    pelaksana,
    langkah,
  };
}

function makeSteps(dice: Dice, columns: readonly string[], fill: (text: string) => string): Step[] {
  const count = dice.between(8, 14);
  const decisions = new Set(
    Array.from({ length: dice.between(1, 3) }, () => dice.between(3, count - 1)),
  );
  return Array.from({ length: count }, (_, at): Step => {
    const no = at + 1;
    const edge = no === 1 || no === count;
    const decides = decisions.has(no);
    const [nilai, satuan, teks] = dice.pick(words.TIMES);
    return {
      no,
      uraian: fill(dice.pick(decides ? words.DECISIONS : words.STEPS)),
      kolom: [edge ? (columns[0] ?? "") : dice.pick(columns)],
      simbol: edge ? "terminator" : decides ? "keputusan" : "proses",
      kelengkapan: dice.some(words.INPUTS, dice.between(0, 4)),
      waktu: dice.chance(0.9) ? { nilai, satuan, teks } : null,
      output: dice.some(words.OUTPUTS, dice.between(0, 2)),
      ...(dice.chance(0.15) && { keterangan: "Sesuai dengan SOP terkait" }),
      ...(decides && {
        cabang: [
          { label: "Ya" as const, ke: no + 1 },
          { label: "Tidak" as const, ke: dice.between(Math.max(1, no - 3), no - 1) },
        ],
      }),
      tindakan: [],
    };
  });
}

/** Each step is done by the role of its column; the second plans, the one before the last runs. */
function addActs(steps: Step[]): void {
  const last = steps.length - 1;
  steps.forEach((step, at) => {
    const oleh = step.kolom[0] ?? "";
    const common = { id: `tindakan-${step.no}`, oleh, judul: `Selesaikan langkah ${step.no}` };
    if (at === 0) step.tindakan = [{ ...common, jenis: "permohonan", dokumen: "surat-permohonan" }];
    else if (at === 1) {
      step.tindakan = [{ ...common, jenis: "perencanaan", memilihSasaran: true, membekukan: true }];
    } else if (at === last - 1) {
      step.tindakan = [{ ...common, jenis: "pelaksanaan", tugasAgen: "sesuai-permohonan" }];
    } else step.tindakan = [{ ...common, jenis: at === last ? "penerimaan" : "konfirmasi" }];
  });
}

function idOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
