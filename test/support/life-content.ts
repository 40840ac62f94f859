import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadCatalog } from "#catalog/load.ts";
import type { LifeCycle } from "#domain/sop/life-cycle.ts";
import type { Sop } from "#domain/sop/schema.ts";

const CONTENT = join(import.meta.dirname, "..", "..", "content");

/** Slugs of the SOPs that stand for the states of a life. All are CONTOH. */
export const LIVES = {
  /** In force, three versions: a step added in the second, one removed in the third. */
  threeVersions: "contoh-tiga-versi",
  withdrawnAndReplaced: "contoh-dicabut-berpengganti",
  withdrawn: "contoh-dicabut",
  replaced: "contoh-diganti",
  draft: "contoh-draf",
  documentOnly: "contoh-dokumen",
} as const;

/** The day of force of each version of the SOP with three. */
export const VERSION_DAYS = ["2024-01-10", "2025-03-01", "2026-07-01"] as const;
export const WITHDRAWN_SINCE = "2026-02-01";
const REPLACED_SINCE = "2026-07-01";

/** Writes the real content and SOPs in every state of their life into an empty folder. */
export async function writeLifeContent(dir: string): Promise<void> {
  await cp(CONTENT, dir, { recursive: true });
  const agency = join(dir, "instansi", "kukar.md");
  await writeFile(
    agency,
    (await readFile(agency, "utf8")).replace("\nzona:", "\nmerek: hijau\nzona:"),
  );
  const { sops } = await loadCatalog(CONTENT);
  const base = [...sops.values()].map(({ sop }) => sop).find(({ langkah }) => langkah.length > 6);
  if (!base) throw new Error("no source SOP is long enough to be changed");
  const { threeVersions, withdrawnAndReplaced, withdrawn, replaced, draft, documentOnly } = LIVES;
  const successor = { digantiOleh: threeVersions };
  const pencabutan = {
    sejak: WITHDRAWN_SINCE,
    dasar: "Keputusan CONTOH Nomor 1 Tahun 2026",
    alasan: "Layanan digabung (CONTOH).",
  };

  await write(dir, threeVersions, versionsOf({ ...base, judul: "CONTOH tiga versi" }), {
    pemantauan: [{ tanggal: "2025-08-01", hasil: "berjalan dengan baik", catatan: "CONTOH" }],
    evaluasi: [{ tanggal: "2026-01-15", hasil: "direvisi", catatan: null }],
  });
  const old = (judul: string): Sop[] => [{ ...base, judul }];
  await write(dir, withdrawnAndReplaced, old("CONTOH dicabut, ada pengganti"), {
    status: "dicabut",
    pencabutan,
    ...successor,
  });
  await write(dir, withdrawn, old("CONTOH dicabut tanpa pengganti"), {
    status: "dicabut",
    pencabutan: { ...pencabutan, dasar: null },
  });
  await write(dir, replaced, old("CONTOH diganti"), {
    status: "diganti",
    digantiSejak: REPLACED_SINCE,
    ...successor,
  });
  await write(dir, draft, old("CONTOH draf"), { status: "draf" });
  await write(dir, documentOnly, [asDocument({ ...base, judul: "CONTOH hanya dokumen" })], {});
}

/** Three versions: words changed and a step added, then a line and a step removed. */
function versionsOf(first: Sop): Sop[] {
  const [checked] = first.langkah.filter(({ tindakan }) => tindakan.some(isCheck));
  const at = checked ? first.langkah.indexOf(checked) + 1 : 1;
  const added: Sop["langkah"][number] = {
    no: 0,
    uraian: "Mencatat kesiapan server tujuan (CONTOH)",
    kolom: checked?.kolom ?? [],
    simbol: "proses",
    konektor: null,
    kelengkapan: ["Daftar periksa"],
    waktu: { nilai: 15, satuan: "menit", teks: "15 Menit" },
    output: ["Catatan kesiapan"],
    keterangan: null,
    cabang: [],
    tindakan: [],
  };
  const longer = renumbered([
    ...first.langkah.slice(0, at),
    withAct(added, checked),
    ...first.langkah.slice(at),
  ]);
  const second: Sop = {
    ...first,
    versi: 2,
    identitas: { ...first.identitas, nomor: "CONTOH-2/2025", tanggalRevisi: "2025-02-20" },
    kualifikasi: [
      { nomor: 1, teks: "Mampu mengoperasikan Komputer dan server dengan baik;" },
      ...first.kualifikasi.slice(1),
      { nomor: first.kualifikasi.length + 1, teks: "Memahami penanganan insiden (CONTOH)." },
    ],
    langkah: longer,
  };
  const third: Sop = {
    ...second,
    versi: 3,
    pencatatan: second.pencatatan.slice(1),
    langkah: renumbered(longer.filter((_, index) => index !== 2)),
  };
  return [first, second, third];
}

const isCheck = ({ tugasAgen }: Sop["langkah"][number]["tindakan"][number]): boolean =>
  tugasAgen === "cek-berkas";

function withAct(step: Sop["langkah"][number], like: Sop["langkah"][number] | undefined) {
  const [act] = like?.tindakan ?? [];
  if (!act) return step;
  const own = { ...act, id: "catat-kesiapan", judul: "Catat kesiapan server tujuan" };
  return { ...step, tindakan: [{ ...own, jenis: "konfirmasi" as const, tugasAgen: null }] };
}

function renumbered(steps: Sop["langkah"]): Sop["langkah"] {
  return steps.map((step, at) => ({ ...step, no: at + 1, konektor: null }));
}

/** The same procedure, published without a service. */
function asDocument(sop: Sop): Sop {
  const langkah = sop.langkah.map((step) => ({ ...step, tindakan: [] }));
  return { ...sop, jenisPermohonan: [], langkah };
}

async function write(
  dir: string,
  slug: string,
  versions: readonly Sop[],
  life: Partial<LifeCycle>,
): Promise<void> {
  const folder = join(dir, "sop", slug);
  await mkdir(folder, { recursive: true });
  const entries = versions.map((_, at) => ({
    versi: at + 1,
    diterbitkan: VERSION_DAYS[at],
    // The source of the first version names no day; the portal's own day counts.
    berlakuSejak: at === 0 ? null : VERSION_DAYS[at],
    catatan: at === 0 ? null : `Perubahan ke-${at} (CONTOH).`,
  }));
  await writeFile(
    join(folder, "riwayat.md"),
    frontMatter({ status: "berlaku", versi: entries, ...life }),
  );
  for (const [at, sop] of versions.entries()) {
    const name = at === versions.length - 1 ? "sop.md" : `versi-${at + 1}.md`;
    await writeFile(join(folder, name), frontMatter({ ...sop, slug }));
  }
}

function frontMatter(data: object): string {
  return `---\n${stringify(data)}---\n`;
}
