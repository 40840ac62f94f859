import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { AppError, type FieldProblem } from "#domain/errors.ts";

const content = fileURLToPath(new URL("../../content", import.meta.url));
const KALTIM = "sop/kaltim-backup-restore-database/sop.md";

describe("a broken content file", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulih-content-"));
    await cp(content, dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true }));

  /** Replaces words in one file of a copy of the content and tells what the loader says. */
  async function broken(file: string, from: string, to: string): Promise<readonly FieldProblem[]> {
    const path = join(dir, file);
    const text = await readFile(path, "utf8");
    if (!text.includes(from)) throw new Error(`${file} does not hold: ${from}`);
    await writeFile(path, text.replace(from, to));
    return problems();
  }

  async function problems(requiredYears: number[] = []): Promise<readonly FieldProblem[]> {
    const failure = await loadCatalog(dir, { requiredYears }).then(
      () => null,
      (error: unknown) => error,
    );
    if (!(failure instanceof AppError)) throw new Error(`no AppError: ${String(failure)}`);
    expect(failure.code).toBe("CONTENT_INVALID");
    for (const { field, pesan } of failure.problems) {
      expect(failure.message).toContain(`${field}: ${pesan}`);
    }
    return failure.problems;
  }

  interface Case {
    readonly name: string;
    readonly file: string;
    /** Words replaced, and by what. */
    readonly change: readonly [from: string, to: string];
    /** Words on the line that is to be named. */
    readonly at: string;
    readonly trail: string;
    readonly pesan: unknown;
  }

  test.each<Case>([
    {
      name: "with an unknown key",
      file: KALTIM,
      change: ["    uraian: Pengelola TIK", "    urain: x\n    uraian: Pengelola TIK"],
      at: "urain:",
      trail: " langkah ke-4 › urain",
      pesan: 'Kunci "urain" tidak dikenal. Perbaiki ejaannya, atau hapus.',
    },
    {
      name: "with a missing key",
      file: KALTIM,
      change: ["    waktu: { nilai: 15, satuan: menit, teks: 15 menit }\n", ""],
      at: "- no: 2",
      trail: " langkah ke-2 › waktu",
      pesan: "Wajib ada. Tulis kelompok kunci: nilai.",
    },
    {
      name: "with a value of another type",
      file: KALTIM,
      change: ["versi: 1", "versi: satu"],
      at: "versi: satu",
      trail: " versi",
      pesan: "Bentuknya keliru. Tulis angka.",
    },
    {
      name: "with a single value where a list belongs",
      file: KALTIM,
      change: ["    kolom: [administrator, pengawas]", "    kolom: administrator"],
      at: "    kolom: administrator",
      trail: " langkah ke-2 › kolom",
      pesan:
        "Bentuknya keliru. Tulis daftar: satu baris berawalan tanda hubung untuk tiap butir, atau [] bila kosong.",
    },
    {
      name: "with a unit that is not known",
      file: KALTIM,
      change: ["satuan: jam,", "satuan: bulan,"],
      at: "satuan: bulan",
      trail: " langkah ke-3 › waktu › satuan",
      pesan: "Tulis menit, jam, hari, atau minggu.",
    },
    {
      name: "with a kind of act that is not known",
      file: KALTIM,
      change: ["jenis: perencanaan", "jenis: rapat"],
      at: "jenis: rapat",
      trail: " langkah ke-3 › tindakan ke-1 › jenis",
      pesan:
        "Nilai ini tidak dikenal. Tulis salah satu dari: permohonan, disposisi, perencanaan, pelaksanaan, konfirmasi, laporan, pengesahan, pemberitahuan, penerimaan.",
    },
    {
      name: "with a key written twice",
      file: KALTIM,
      change: ["versi: 1", "versi: 1\nversi: 2"],
      at: "versi: 2",
      trail: "",
      pesan: "Kunci ini tertulis dua kali. Hapus salah satu.",
    },
    {
      name: "with an open bracket",
      file: KALTIM,
      change: ["jenisPermohonan: [backup, restore]", "jenisPermohonan: [backup, restore"],
      at: "pelaksana:\n",
      trail: "",
      pesan:
        "Baris ini tidak sejajar dengan kelompoknya. Sejajarkan, atau tutup kurung dan tanda kutip di baris sebelumnya.",
    },
    {
      name: "without front matter",
      file: "istilah/disposisi.md",
      change: ["---\n", ""],
      at: "istilah:",
      trail: "",
      pesan:
        "Berkas tidak diawali data. Tulis --- pada baris pertama, lalu datanya, lalu --- lagi.",
    },
    {
      name: "that cites a law which has no file",
      file: KALTIM,
      change: ["rujukan: uu-25-2009", "rujukan: uu-25-2010"],
      at: "uu-25-2010",
      trail: " dasarHukum ke-2 › rujukan",
      pesan: expect.stringMatching(
        /^Berkas dasar-hukum\/uu-25-2010\.md tidak ada\. Tulis salah satu dari: .*uu-27-2022; atau buat berkasnya\.$/,
      ),
    },
    {
      name: "of an agency which has no file",
      file: KALTIM,
      change: ["instansi: kaltim", "instansi: kaltara"],
      at: "instansi: kaltara",
      trail: " instansi",
      pesan:
        "Berkas instansi/kaltara.md tidak ada. Tulis salah satu dari: kaltim, kukar; atau buat berkasnya.",
    },
    {
      name: "whose role belongs to a post the agency does not have",
      file: KALTIM,
      change: ["jabatan: [pengawas]", "jabatan: [kepala-seksi]"],
      at: "kepala-seksi",
      trail: " pelaksana ke-3 › peran ke-1 › jabatan ke-1",
      pesan:
        'Jabatan "kepala-seksi" tidak ada di instansi/kaltim.md. Tulis salah satu dari: administrator, pengawas, pengelola, pemeriksa, ppid, atasan-ppid.',
    },
    {
      name: "whose act names a role that is not there",
      file: KALTIM,
      change: ["oleh: pemeriksa", "oleh: pemeriksaa"],
      at: "oleh: pemeriksaa",
      trail: " langkah ke-5 › tindakan ke-1 › oleh",
      pesan:
        'Peran "pemeriksaa" tidak ada. Tulis salah satu dari: pemohon, administrator, pengawas, pengelola, pemeriksa.',
    },
    {
      name: "whose slug is not its folder",
      file: KALTIM,
      change: ["slug: kaltim-backup-restore-database", "slug: kaltim"],
      at: "slug: kaltim",
      trail: " slug",
      pesan: "Slug harus sama dengan nama folder. Tulis kaltim-backup-restore-database.",
    },
    {
      name: "replaced by a law which has no file",
      file: "dasar-hukum/pp-82-2012.md",
      change: ["digantiOleh: pp-71-2019", "digantiOleh: pp-1-2030"],
      at: "digantiOleh",
      trail: " digantiOleh",
      pesan: expect.stringMatching(/^Berkas dasar-hukum\/pp-1-2030\.md tidak ada\./),
    },
    {
      name: "that calls an unchecked law in force",
      file: "dasar-hukum/uu-14-2008.md",
      change: ["status: belum_diverifikasi", "status: berlaku"],
      at: "status: berlaku",
      trail: " status",
      pesan: "Status berlaku perlu diperiksaPada; isi tanggalnya, atau tulis belum_diverifikasi.",
    },
    {
      name: "with working hours that overlap",
      file: "instansi/kukar.md",
      change: [
        '[["07:30", "12:00"], ["13:00", "16:00"]]',
        '[["07:30", "13:30"], ["13:00", "16:00"]]',
      ],
      at: '"13:30"',
      trail: " jamKerja ke-1 › hari › senin ke-2",
      pesan: "Jam kerja harus urut dan tidak tumpang tindih; gabungkan atau urutkan.",
    },
    {
      name: "with a time that is none",
      file: "instansi/kukar.md",
      change: ['"07:30"', '"7.30"'],
      at: '"7.30"',
      trail: " jamKerja ke-1 › hari › senin ke-1 ke-1",
      pesan: 'Tulis jam dalam tanda kutip, mis. "07:30".',
    },
    {
      name: "of an agency with colours that are none",
      file: "instansi/kukar.md",
      change: ["zona: Asia/Makassar", "zona: Asia/Makassar\nmerek: kelabu"],
      at: "merek: kelabu",
      trail: " merek",
      pesan:
        "Nilai ini tidak dikenal. Tulis salah satu dari: biru, hijau, merah, ungu, jingga, toska.",
    },
    {
      name: "of an agency with an address for mail that is none",
      file: "instansi/kukar.md",
      change: ["zona: Asia/Makassar", "zona: Asia/Makassar\nkontak:\n  surel: dinas"],
      at: "surel: dinas",
      trail: " kontak › surel",
      pesan: "Tulis alamat surel, mis. dinas@contoh.go.id.",
    },
    {
      name: "with a holiday of another year",
      file: "libur/2026.md",
      change: ["tanggal: 2026-12-25", "tanggal: 2027-12-25"],
      at: "2027-12-25",
      trail: " hari ke-25 › tanggal",
      pesan: "Tanggal harus dalam tahun 2026; pindahkan ke berkas tahunnya.",
    },
    {
      name: "with a day that does not exist",
      file: "libur/2026.md",
      change: ["tanggal: 2026-12-25", "tanggal: 2026-02-30"],
      at: "2026-02-30",
      trail: " hari ke-25 › tanggal",
      pesan: "Tulis tanggal sebagai TTTT-BB-HH, mis. 2026-01-01.",
    },
  ])("$name is told by file, line, field and what to write", async (one) => {
    const found = await broken(one.file, ...one.change);
    const before = (await readFile(join(dir, one.file), "utf8")).split(one.at)[0] ?? "";
    const line = before.split("\n").length;
    expect(found).toEqual([{ field: `${one.file}:${line}${one.trail}`, pesan: one.pesan }]);
  });

  test("is not one that tells how to reach its agency", async () => {
    const path = join(dir, "instansi/kukar.md");
    const more = [
      "merek: toska",
      "alamat: Jalan CONTOH Nomor 1",
      "kontak: { telepon: (0000) 000000, surel: dinas@contoh.go.id, situs: https://contoh.go.id }",
    ];
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace("zona:", `${more.join("\n")}\nzona:`));
    expect((await loadCatalog(dir)).agencies.get("kukar")).toMatchObject({
      merek: "toska",
      alamat: "Jalan CONTOH Nomor 1",
      kontak: { telepon: "(0000) 000000", surel: "dinas@contoh.go.id" },
    });
  });

  test("does not hide the others: all problems come at once", async () => {
    await broken(KALTIM, "versi: 1", "versi: satu");
    await broken("libur/2025.md", "tanggal: 2025-12-25", "tanggal: 25-12-2025");
    const found = await broken("instansi/kukar.md", "zona: Asia/Makassar", "zona: WITA");
    expect(found.map((problem) => problem.field)).toEqual([
      `${KALTIM}:5 versi`,
      "instansi/kukar.md:7 zona",
      expect.stringMatching(/^libur\/2025\.md:\d+ hari ke-\d+ › tanggal$/),
    ]);
  });

  test("that is missing is named", async () => {
    await rm(join(dir, KALTIM));
    expect(await problems()).toEqual([
      { field: KALTIM, pesan: "Berkas ini tidak terbaca. Buat berkas ini." },
    ]);
    await rm(join(dir, "libur"), { recursive: true });
    expect(await problems()).toEqual([
      { field: KALTIM, pesan: "Berkas ini tidak terbaca. Buat berkas ini." },
      { field: "libur/", pesan: "Folder ini tidak ada. Buat folder ini." },
    ]);
  });

  test("of a required year is asked for by name", async () => {
    expect(await problems([2027, 2028])).toEqual([
      {
        field: "libur/2028.md",
        pesan: "Hari libur 2028 belum ada. Buat berkas ini dari keputusan bersama tiga menteri.",
      },
    ]);
  });

  test("with text after the data of an SOP is told that an SOP is data only", async () => {
    const path = join(dir, KALTIM);
    await writeFile(path, `${await readFile(path, "utf8")}\nTeks lepas.\n`);
    expect((await problems()).map((problem) => problem.pesan)).toEqual([
      "SOP hanya berisi data. Pindahkan teks sesudah --- ke bagiannya, atau hapus.",
    ]);
  });

  test("never changes the digest by its layout: only by its data", async () => {
    const before = (await loadCatalog(dir)).sops.get("kukar-restore-vps-vm");
    const path = join(dir, "sop/kukar-restore-vps-vm/sop.md");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replaceAll("\n", "\r\n"));
    expect((await loadCatalog(dir)).sops.get("kukar-restore-vps-vm")?.digest).toBe(before?.digest);
    await writeFile(path, text.replace("teks: 10 Menit", "teks: 11 Menit"));
    expect((await loadCatalog(dir)).sops.get("kukar-restore-vps-vm")?.digest).not.toBe(
      before?.digest,
    );
  });
});
