import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { adviseSop } from "#domain/sop/advise.ts";
import { lintSop } from "#domain/sop/lint.ts";
import { indexTitles } from "#domain/sop/lint-blocks.ts";
import type { LawFacts } from "#domain/sop/lint-laws.ts";
import { RULES } from "#domain/sop/lint-rules.ts";
import { type Sop, SopSchema } from "#domain/sop/schema.ts";
import { scaffoldedSop } from "#support/scaffolded-sop.ts";
import { wordsAndWeeks } from "#support/varied-sops.ts";

type Draft = { -readonly [K in keyof Sop]: Sop[K] };

const law = (more: Partial<LawFacts> = {}): LawFacts => ({
  jenis: "Undang-Undang",
  nomor: "27",
  tahun: 2022,
  judulResmi: "Pelindungan Data Pribadi",
  status: "berlaku",
  digantiOleh: null,
  diperiksaPada: "2026-01-31",
  ...more,
});
const LAWS = new Map<string, LawFacts>([
  ["uu-27-2022", law()],
  ["pp-82-2012", law({ nomor: "82", tahun: 2012, status: "dicabut", digantiOleh: "uu-27-2022" })],
  ["uu-11-2008", law({ nomor: "11", tahun: 2008, status: "diubah" })],
  [
    "permenpanrb-35-2012",
    law({
      nomor: "35",
      tahun: 2012,
      judulResmi: "Pedoman Penyusunan Standar Operasional Prosedur Administrasi Pemerintahan",
    }),
  ],
]);
const TITLES = indexTitles([
  ["contoh", "SOP CONTOH"],
  ["akses-data-center", "SOP - Akses Data Center"],
]);

function advise(change: (draft: Draft) => void) {
  const draft = structuredClone(scaffoldedSop()) as Draft;
  change(draft);
  return adviseSop(SopSchema.parse(draft), { laws: LAWS, titles: TITLES });
}
const told = (change: (draft: Draft) => void): string[] =>
  advise(change).map(({ aturan, path, pesan }) => `${aturan} ${path.join(".")}: ${pesan}`);

const step = (draft: Draft, no: number) => {
  const found = draft.langkah[no - 1];
  if (!found) throw new Error(`no step ${no}`);
  return found;
};
const cite = (draft: Draft, teks: string, rujukan: string) => {
  draft.dasarHukum = [{ nomor: 1, teks, rujukan }];
};
const UU_27 = "Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi;";

describe("advice on an SOP", () => {
  test("is empty for the one that every new SOP begins with", () => {
    expect([...lintSop(scaffoldedSop()), ...advise(() => undefined)]).toEqual([]);
  });

  test.each<[string, (draft: Draft) => void, string]>([
    [
      "a way back without a bound",
      (draft) => {
        step(draft, 2).simbol = "keputusan";
        step(draft, 2).cabang = [
          { label: "Ya", ke: 3 },
          { label: "Tidak", ke: 1 },
        ];
      },
      'perulangan-tanpa-batas langkah.1.cabang.1: Cabang "Tidak" kembali ke langkah 1 tanpa batas.',
    ],
    [
      "a column without a symbol",
      (draft) => {
        step(draft, 2).kolom = ["pelaksana"];
      },
      'kolom-tak-dipakai pelaksana.1: Kolom "CONTOH Kepala Bidang" tidak dipakai langkah mana pun.',
    ],
    [
      "a role without an act",
      (draft) => {
        for (const act of step(draft, 2).tindakan) act.kepada = ["pelaksana"];
        for (const act of step(draft, 5).tindakan) act.oleh = "pelaksana";
      },
      'peran-tak-dipakai pelaksana.3.peran.0: Peran "CONTOH Pemeriksa" tidak dipakai tindakan mana pun.',
    ],
    [
      "an activity that begins with its actor",
      (draft) => {
        step(draft, 3).uraian = "CONTOH Pengelola merencanakan pelaksanaan";
      },
      'uraian-menyebut-pelaksana langkah.2.uraian: Uraian langkah 3 menyebut pelaksananya: "CONTOH Pengelola".',
    ],
    [
      "an activity in the passive voice, by its actor",
      (draft) => {
        step(draft, 3).uraian = "Direncanakan oleh CONTOH Pengelola";
      },
      'uraian-menyebut-pelaksana langkah.2.uraian: Uraian langkah 3 menyebut pelaksananya: "oleh CONTOH Pengelola".',
    ],
    [
      "an activity whose actor follows further on",
      (draft) => {
        step(draft, 3).uraian = "Sesudah surat masuk CONTOH Pengelola merencanakan";
      },
      'uraian-menyebut-pelaksana langkah.2.uraian: Uraian langkah 3 menyebut pelaksananya: "CONTOH Pengelola".',
    ],
    [
      "an activity that begins with a noun",
      (draft) => {
        step(draft, 4).uraian = "Pelaksanaan backup";
      },
      'uraian-tanpa-kata-kerja langkah.3.uraian: Uraian langkah 4 tidak diawali kata kerja aktif: "Pelaksanaan backup".',
    ],
    [
      "a table without columns for mutu baku",
      (draft) => {
        draft.tanpaMutuBaku = true;
        step(draft, 2).kelengkapan = [];
      },
      "tanpa-mutu-baku tanpaMutuBaku: Tabel prosedur tidak punya kolom mutu baku.",
    ],
    [
      "a step without kelengkapan",
      (draft) => {
        step(draft, 2).kelengkapan = [];
      },
      "kelengkapan-kosong langkah.1.kelengkapan: Kelengkapan langkah 2 kosong.",
    ],
    [
      "a step in the middle without a time",
      (draft) => {
        step(draft, 1).waktu = null;
        step(draft, 3).waktu = null;
        step(draft, 5).waktu = null;
      },
      "waktu-kosong langkah.2.waktu: Waktu langkah 3 kosong.",
    ],
    [
      "a time in words",
      (draft) => {
        step(draft, 3).waktu = { nilai: null, satuan: null, teks: "sesuai jadwal" };
      },
      'waktu-bukan-angka langkah.2.waktu: Waktu langkah 3 bukan angka: "sesuai jadwal".',
    ],
    [
      "a step without output",
      (draft) => {
        step(draft, 2).output = [];
      },
      "output-kosong langkah.1.output: Output langkah 2 kosong.",
    ],
    [
      "a flow that does not start at the left",
      (draft) => {
        const [first, second, ...more] = draft.pelaksana;
        if (first && second) draft.pelaksana = [second, first, ...more];
      },
      'awal-bukan-kiri langkah.0.kolom: Arus mulai di kolom "CONTOH Perangkat Daerah", bukan di kolom paling kiri.',
    ],
    [
      "columns out of the order of use",
      (draft) => {
        const [first, second, third, fourth] = draft.pelaksana;
        if (first && second && third && fourth) draft.pelaksana = [first, third, second, fourth];
      },
      'urutan-kolom pelaksana.1: Kolom "CONTOH Kepala Bidang" dipakai lebih dahulu daripada kolom "CONTOH Pengelola" di kirinya.',
    ],
    [
      "a last step that is no capsule",
      (draft) => {
        step(draft, 5).simbol = "proses";
      },
      "awal-akhir-bukan-kapsul langkah.4.simbol: Langkah terakhir (5) bukan kapsul.",
    ],
    [
      "a connector that leaves a page and enters none",
      (draft) => {
        step(draft, 3).konektor = { huruf: "A", arah: "keluar" };
        step(draft, 4).konektor = { huruf: "B", arah: "masuk" };
      },
      "konektor-tak-berpasangan langkah.3.konektor: Penghubung B pada langkah 4 tidak punya pasangan keluar sebelumnya.\n" +
        "konektor-tak-berpasangan langkah.2.konektor: Penghubung A pada langkah 3 tidak punya pasangan masuk sesudahnya.",
    ],
    [
      "a misprinted number",
      (draft) => {
        draft.peralatan = [1, 2, 2].map((nomor) => ({ nomor, teks: "CONTOH" }));
      },
      "nomor-butir peralatan.2.nomor: Nomor butir peralatan tidak urut: 1, 2, 2.",
    ],
    [
      "a related SOP of this portal without a link",
      (draft) => {
        draft.keterkaitan = [{ nomor: 1, teks: "SOP Akses Data Center;" }];
      },
      "keterkaitan-tanpa-rujukan keterkaitan.0: SOP yang disebut butir ini ada di portal: akses-data-center.",
    ],
    [
      "a revoked law",
      (draft) => {
        cite(draft, "Peraturan Nomor 82 Tahun 2012 tentang Pelindungan Data Pribadi", "pp-82-2012");
      },
      "peraturan-dicabut dasarHukum.0: Undang-Undang Nomor 82 Tahun 2012 sudah dicabut dan diganti Undang-Undang Nomor 27 Tahun 2022.",
    ],
    [
      "an amended law",
      (draft) => {
        cite(draft, "UU 11/2008", "uu-11-2008");
      },
      "peraturan-diubah dasarHukum.0: Undang-Undang Nomor 11 Tahun 2008 sudah diubah.",
    ],
    [
      "a year that is not the law's",
      (draft) => {
        cite(draft, UU_27.replace("2022", "2021"), "uu-27-2022");
      },
      "nomor-peraturan dasarHukum.0: Butir menulis Nomor 27 Tahun 2021, tetapi merujuk Undang-Undang Nomor 27 Tahun 2022.",
    ],
    [
      "a title that is not the official one",
      (draft) => {
        cite(draft, UU_27.replace("Pelindungan", "Perlindungan"), "uu-27-2022");
      },
      'judul-peraturan dasarHukum.0.teks: Judul Undang-Undang Nomor 27 Tahun 2022 tertulis "Perlindungan", judul resminya "Pelindungan".',
    ],
    [
      "a title cut short",
      (draft) => {
        cite(draft, UU_27.replace(" Pribadi", ""), "uu-27-2022");
      },
      'judul-peraturan dasarHukum.0.teks: Judul Undang-Undang Nomor 27 Tahun 2022 tertulis "… Data", judul resminya "… Data Pribadi".',
    ],
  ])("points out %s, and nothing else", (_, change, expected) => {
    expect(told(change).join("\n")).toBe(expected);
  });

  test.each<[string, (draft: Draft) => void]>([
    [
      "a way back with a bound",
      (draft) => {
        step(draft, 2).simbol = "keputusan";
        step(draft, 2).cabang = [
          { label: "Ya", ke: 3 },
          { label: "Tidak", ke: 1, maks: 2 },
        ];
      },
    ],
    [
      "an activity addressed to an actor",
      (draft) => {
        step(draft, 2).uraian = "Memberikan disposisi kepada CONTOH Pengelola dan CONTOH Pemeriksa";
      },
    ],
    [
      "a question at a decision",
      (draft) => {
        step(draft, 2).uraian = "Berkas lengkap?";
        step(draft, 2).simbol = "keputusan";
        step(draft, 2).cabang = [
          { label: "Ya", ke: 3 },
          { label: "Tidak", ke: 5 },
        ];
      },
    ],
    [
      "a numbered Mulai without mutu baku",
      (draft) => {
        Object.assign(step(draft, 1), {
          uraian: "Mulai",
          kelengkapan: [],
          output: [],
          waktu: null,
        });
      },
    ],
    [
      "a pair of connectors",
      (draft) => {
        step(draft, 3).konektor = { huruf: "A", arah: "keluar" };
        step(draft, 4).konektor = { huruf: "A", arah: "masuk" };
      },
    ],
    [
      "lines without numbers",
      (draft) => {
        draft.peralatan = [null, null].map((nomor) => ({ nomor, teks: "CONTOH" }));
      },
    ],
    [
      "a related SOP with its link, and one the portal has not",
      (draft) => {
        draft.keterkaitan = [
          { nomor: 1, teks: "SOP Akses Data Center", rujukan: "akses-data-center" },
          { nomor: 2, teks: "SOP Akses Data Center Cadangan" },
        ];
      },
    ],
    [
      "a law in force, in other capitals, with its gazette",
      (draft) => {
        cite(draft, `${UU_27.toUpperCase()} (Lembaran Negara Tahun 2022 Nomor 196)`, "uu-27-2022");
      },
    ],
    [
      "a title with an abbreviation of its own words",
      (draft) => {
        cite(
          draft,
          "Peraturan Menteri PAN RB Nomor 35 Tahun 2012 Tentang Pedoman Penyusunan SOP Administrasi Pemerintahan;",
          "permenpanrb-35-2012",
        );
      },
    ],
  ])("is silent about %s", (_, change) => {
    expect(told(change)).toEqual([]);
  });

  test("counts words that stand for a time, and weeks as a time", () => {
    const found = adviseSop(wordsAndWeeks(), { laws: LAWS, titles: TITLES });
    const times = found.filter(({ aturan }) => aturan.startsWith("waktu"));
    expect(times.every(({ aturan }) => aturan === "waktu-bukan-angka")).toBe(true);
    expect(times.length).toBeGreaterThan(0);
  });
});

describe("advice that an editor's note gives already", () => {
  const known = (bagian: Sop["catatanPenyunting"][number]["bagian"], teks: string) =>
    advise((draft) => {
      draft.catatanPenyunting = [{ bagian, teks }];
      draft.peralatan = [1, 2, 2].map((nomor) => ({ nomor, teks: "CONTOH" }));
      step(draft, 1).output = [];
      cite(draft, UU_27.replace("Pelindungan", "Perlindungan"), "uu-27-2022");
    })
      .filter(({ diketahui }) => diketahui === teks)
      .map(({ aturan }) => aturan);

  test("is still told, marked with that note", () => {
    expect(known("peralatan", "Butir ketiga seharusnya bernomor 3.")).toEqual(["nomor-butir"]);
    expect(known("prosedur", "Output langkah 1 tidak tercetak.")).toEqual(["output-kosong"]);
    expect(known("dasar-hukum", "Judul Nomor 27 Tahun 2022 ialah Pelindungan.")).toEqual([
      "judul-peraturan",
    ]);
  });

  test("is not known by a note on another place or another matter", () => {
    expect(known("kualifikasi", "Butir ketiga seharusnya bernomor 3.")).toEqual([]);
    expect(known("peralatan", "Butir 2 tidak terbaca.")).toEqual([]);
    expect(known("prosedur", "Output langkah 10 tidak tercetak.")).toEqual([]);
    expect(known("prosedur", "Waktu langkah 1 tidak tercetak.")).toEqual([]);
    expect(known("dasar-hukum", "Judul Nomor 27 Tahun 2021 keliru.")).toEqual([]);
  });
});

describe("the rules that advise", () => {
  test("are each tripped here or beside", async () => {
    const beside = new URL("sop-lint-beside.test.ts", import.meta.url);
    const sources = [fileURLToPath(import.meta.url), fileURLToPath(beside)];
    const source = (await Promise.all(sources.map((file) => readFile(file, "utf8")))).join("");
    const mild = Object.entries(RULES).filter(([, { tingkat }]) => tingkat === "peringatan");
    expect(mild.filter(([id]) => !new RegExp(`["'\`]${id} `).test(source))).toEqual([]);
  });
});
