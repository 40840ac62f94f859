import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { lintSop } from "#domain/sop/lint.ts";
import { RULES } from "#domain/sop/lint-rules.ts";
import { lintSeparation } from "#domain/sop/lint-separation.ts";
import { type Sop, SopSchema } from "#domain/sop/schema.ts";
import { variedSops } from "#support/varied-sops.ts";

/** What may be changed in a copy of an SOP before it is judged. */
type Draft = { -readonly [K in keyof Sop]: Sop[K] };

let kaltim: Sop;
let kukar: Sop;

beforeAll(async () => {
  const { sops } = await loadCatalog(fileURLToPath(new URL("../../content", import.meta.url)));
  const [first, second] = [...sops.values()].map((entry) => entry.sop);
  if (!first || !second) throw new Error("two SOPs");
  [kaltim, kukar] = [first, second];
});

function findings(sop: Sop, change: (draft: Draft) => void): string[] {
  const draft = structuredClone(sop) as Draft;
  change(draft);
  return lintSop(SopSchema.parse(draft)).map(
    ({ aturan, path, pesan, saran }) => `${aturan} ${path.join(".")}: ${pesan} ${saran}`,
  );
}

const step = (draft: Draft, no: number) => {
  const found = draft.langkah[no - 1];
  if (!found) throw new Error(`no step ${no}`);
  return found;
};
const act = (draft: Draft, no: number, at = 0) => {
  const found = step(draft, no).tindakan[at];
  if (!found) throw new Error(`no act ${at} in step ${no}`);
  return found;
};
const column = (draft: Draft, at: number) => {
  const found = draft.pelaksana[at];
  const role = found?.peran[0];
  if (!found || !role) throw new Error(`no column ${at}`);
  return { column: found, role };
};
const block = (id: string) => ({ id, judul: "Definisi", butir: [{ nomor: null, teks: "CONTOH" }] });
const branches = (yes: number, no: number) => [
  { label: "Ya" as const, ke: yes },
  { label: "Tidak" as const, ke: no },
];

describe("an SOP", () => {
  test("of either source has no findings", () => {
    expect([...lintSop(kaltim), ...lintSop(kukar)]).toEqual([]);
  });

  test.each<[string, (draft: Draft) => void, string]>([
    [
      "whose act names a role that is not there",
      (draft) => {
        act(draft, 3).oleh = "pengelolaa";
      },
      'peran-tak-dikenal langkah.2.tindakan.0.oleh: Peran "pengelolaa" tidak ada. Tulis salah satu dari: pemohon, administrator, pengawas, pengelola, pemeriksa.',
    ],
    [
      "whose disposisi goes to a role that is not there",
      (draft) => {
        act(draft, 2).kepada = ["camat"];
      },
      'peran-tak-dikenal langkah.1.tindakan.0.kepada.0: Peran "camat" tidak ada. Tulis salah satu dari: pemohon, administrator, pengawas, pengelola, pemeriksa.',
    ],
    [
      "whose disposisi goes to nobody",
      (draft) => {
        act(draft, 2).kepada = [];
      },
      "disposisi-tanpa-tujuan langkah.1.tindakan.0.kepada: Disposisi harus tertuju. Tulis sedikitnya satu peran.",
    ],
    [
      "whose step stands in a column that is not there",
      (draft) => {
        step(draft, 4).kolom = ["gudang"];
      },
      'kolom-tak-dikenal langkah.3.kolom.0: Kolom "gudang" tidak ada. Tulis salah satu dari: opd, administrator, pengawas, personil-dc.',
    ],
    [
      "with two acts of one id",
      (draft) => {
        act(draft, 5).id = "laksana";
        act(draft, 5).bedaOrangDari = [];
      },
      'tindakan-ganda langkah.4.tindakan.0.id: Tindakan "laksana" sudah ada. Tulis id lain.',
    ],
    [
      "that separates an act from one that comes later",
      (draft) => {
        act(draft, 4).bedaOrangDari = ["konfirmasi"];
      },
      'tindakan-tak-dikenal langkah.3.tindakan.0.bedaOrangDari.0: Tindakan sebelum ini "konfirmasi" tidak ada. Tulis salah satu dari: ajukan, disposisi-administrator, disposisi-pengawas, rencana.',
    ],
    [
      "that separates the pemohon from the pemohon",
      (draft) => {
        act(draft, 5).oleh = "pemohon";
        act(draft, 5).bedaOrangDari = ["ajukan"];
      },
      "pemisahan-mustahil langkah.4.tindakan.0.bedaOrangDari.0: Kedua tindakan dikerjakan pemohon yang sama, jadi tidak mungkin beda orang. Hapus butir ini atau ganti perannya.",
    ],
    [
      "that attaches a document nobody made before",
      (draft) => {
        act(draft, 3).lampiran = ["laporan"];
      },
      'lampiran-tak-dikenal langkah.2.tindakan.0.lampiran.0: Dokumen dari tindakan sebelum ini "laporan" tidak ada. Tulis salah satu dari: surat-permohonan, disposisi.',
    ],
    [
      "without a pemohon",
      (draft) => {
        column(draft, 0).role.pemohon = false;
        column(draft, 0).role.jabatan = ["administrator"];
      },
      'pemohon-tunggal pelaksana: Ada 0 peran pemohon. Tulis "pemohon: true" pada tepat satu peran.',
    ],
    [
      "with a role that nobody can take",
      (draft) => {
        column(draft, 1).role.jabatan = [];
      },
      'peran-tanpa-jabatan pelaksana.1.peran.0.jabatan: Peran "administrator" tidak dapat dijalankan siapa pun. Tulis sedikitnya satu jabatan dari berkas instansi.',
    ],
    [
      "that does not begin with the request of the pemohon",
      (draft) => {
        act(draft, 1).oleh = "administrator";
      },
      "permohonan-pembuka langkah.0.tindakan.0: Tindakan pertama harus permohonan oleh pemohon. Tulis jenis: permohonan dan oleh: peran pemohon.",
    ],
    [
      "whose steps are not numbered in order",
      (draft) => {
        step(draft, 3).no = 4;
      },
      "nomor-langkah-urut langkah.2.no: Nomor langkah harus urut. Tulis 3, bukan 4.",
    ],
    [
      "with a decision that has one exit",
      (draft) => {
        step(draft, 3).simbol = "keputusan";
        step(draft, 3).cabang = [{ label: "Ya", ke: 4 }];
      },
      'keputusan-dua-cabang langkah.2.cabang: Keputusan harus punya tepat dua cabang. Tulis satu "Ya" dan satu "Tidak".',
    ],
    [
      "with exits at a step that is no decision",
      (draft) => {
        step(draft, 3).cabang = branches(4, 1);
      },
      'cabang-tanpa-keputusan langkah.2.cabang: Hanya keputusan yang bercabang. Hapus cabang, atau tulis simbol "keputusan".',
    ],
    [
      "whose decision leads to a step that is not there",
      (draft) => {
        step(draft, 3).simbol = "keputusan";
        step(draft, 3).cabang = branches(4, 9);
      },
      "cabang-tak-dikenal langkah.2.cabang.1.ke: Langkah 9 tidak ada. Tulis nomor langkah 1 sampai 5.",
    ],
    [
      "with a step that is never reached",
      (draft) => {
        step(draft, 2).simbol = "keputusan";
        step(draft, 2).cabang = branches(4, 1);
      },
      "langkah-tak-tercapai langkah.2: Langkah 3 tidak pernah dicapai. Arahkan sebuah cabang ke 3, atau hapus langkah ini.",
    ],
    [
      "that never ends from a step",
      (draft) => {
        step(draft, 5).simbol = "keputusan";
        step(draft, 5).cabang = branches(4, 3);
      },
      "langkah-tanpa-akhir langkah.0: Dari langkah 1 prosedur tidak pernah selesai. Arahkan cabangnya sampai ke langkah terakhir yang tidak bercabang.",
    ],
    [
      "whose agent work nobody froze",
      (draft) => {
        act(draft, 3).membekukan = false;
      },
      "pekerjaan-belum-ditetapkan langkah.3.tindakan.0.tugasAgen: Pekerjaan agen belum ditetapkan. Tulis membekukan: true pada sebuah tindakan sebelum ini.",
    ],
    [
      "that freezes work nobody does",
      (draft) => {
        act(draft, 4).tugasAgen = null;
      },
      "pembekuan-tanpa-pekerjaan langkah.2.tindakan.0.membekukan: Sesudah ini tidak ada tindakan dengan tugasAgen: sesuai-permohonan. Hapus membekukan, atau tulis tugasAgen pada tindakan berikutnya.",
    ],
    [
      "that freezes work without targets",
      (draft) => {
        act(draft, 3).memilihSasaran = false;
      },
      "pembekuan-tanpa-sasaran langkah.2.tindakan.0.membekukan: Belum ada sasaran yang dipilih. Tulis memilihSasaran: true pada tindakan ini atau sebelumnya.",
    ],
    [
      "with two columns of one id",
      (draft) => {
        column(draft, 1).column.id = "opd";
      },
      'kolom-ganda pelaksana.1.id: Kolom "opd" sudah ada. Tulis id lain.',
    ],
    [
      "with two roles of one id",
      (draft) => {
        column(draft, 1).role.id = "pengawas";
      },
      'peran-ganda pelaksana.2.peran.0.id: Peran "pengawas" sudah ada. Tulis id lain.',
    ],
    [
      "that names a column twice in one step",
      (draft) => {
        step(draft, 4).kolom = ["personil-dc", "personil-dc"];
      },
      'kolom-terulang langkah.3.kolom.1: Kolom "personil-dc" tertulis dua kali. Hapus salah satu.',
    ],
    [
      "whose pemohon holds a position",
      (draft) => {
        column(draft, 0).role.jabatan = ["administrator"];
      },
      "pemohon-berjabatan pelaksana.0.peran.0.jabatan: Pemohon tidak memegang jabatan dinas. Tulis jabatan: [].",
    ],
    [
      "with two pemohon",
      (draft) => {
        column(draft, 1).role.pemohon = true;
      },
      'pemohon-tunggal pelaksana.1.peran.0.pemohon: Ada 2 peran pemohon. Tulis "pemohon: true" pada tepat satu peran.',
    ],
    [
      "that asks for a request in the middle",
      (draft) => {
        act(draft, 3).jenis = "permohonan";
      },
      "permohonan-terulang langkah.2.tindakan.0.jenis: Permohonan hanya boleh menjadi tindakan pertama. Tulis jenis lain.",
    ],
    [
      "with a step nobody carries out",
      (draft) => {
        step(draft, 2).tindakan = [];
      },
      "langkah-tanpa-tindakan langkah.1.tindakan: Langkah 2 tidak punya tindakan. Tulis sedikitnya satu tindakan: siapa (oleh), apa (jenis), dan judulnya.",
    ],
    [
      "that nobody carries out at all",
      (draft) => {
        for (const one of draft.langkah) one.tindakan = [];
      },
      "permohonan-pembuka langkah: Tindakan pertama harus permohonan oleh pemohon. Tulis jenis: permohonan dan oleh: peran pemohon.",
    ],
    [
      "that is asked for and set going by a schedule",
      (draft) => {
        draft.pemicu = "jadwal";
      },
      "pemicu-dengan-permohonan pemicu: Prosedur yang dimulai oleh permohonan tidak punya pemicu. Hapus pemicu, atau tulis jenisPermohonan: [].",
    ],
    [
      "with two extra blocks of one id",
      (draft) => {
        draft.bagianTambahan = [block("definisi"), block("definisi")];
      },
      'bagian-ganda bagianTambahan.1.id: Bagian "definisi" sudah ada. Tulis id lain.',
    ],
    [
      "with an extra block at an address of the page",
      (draft) => {
        draft.bagianTambahan = [block("riwayat")];
      },
      "bagian-bentrok bagianTambahan.0.id: Alamat #riwayat sudah dipakai halaman SOP. Tulis id lain, mis. definisi.",
    ],
  ])("%s is told where and how to mend it", (_, change, expected) => {
    expect(findings(kaltim, change)).toContain(expected);
  });

  test("whose file check has no targets is told so", () => {
    const found = findings(kukar, (draft) => {
      act(draft, 4).memilihSasaran = false;
    });
    expect(found).toContain(
      "pengecekan-tanpa-sasaran langkah.3.tindakan.0.memilihSasaran: Pengecekan berkas perlu sasaran. Tulis memilihSasaran: true.",
    );
  });

  test("with a decision that loops back and goes on is accepted", () => {
    const found = findings(kukar, (draft) => {
      step(draft, 4).simbol = "keputusan";
      step(draft, 4).cabang = branches(5, 1);
    });
    expect(found).toEqual([]);
  });

  test.each(Object.entries(variedSops))("of the shape %s has no findings", (_, make) => {
    expect(lintSop(make())).toEqual([]);
  });

  test("that is only published needs no pemohon, no posts and no acts", () => {
    const found = findings(kaltim, (draft) => {
      draft.jenisPermohonan = [];
      draft.pemicu = "perintah";
      for (const { peran } of draft.pelaksana) {
        for (const role of peran) Object.assign(role, { pemohon: false, jabatan: [] });
      }
      for (const one of draft.langkah) one.tindakan = [];
    });
    expect(found).toEqual([]);
  });

  test("that is only published is still held to the references of the acts it has", () => {
    const found = findings(kaltim, (draft) => {
      draft.jenisPermohonan = [];
      act(draft, 4).oleh = "camat";
    });
    expect(found).toEqual([
      expect.stringMatching(/^peran-tak-dikenal langkah\.3\.tindakan\.0\.oleh: /),
    ]);
  });

  test("may have a bare capsule at both ends, and nowhere else", () => {
    const found = findings(kaltim, (draft) => {
      draft.langkah.unshift({ ...step(draft, 1), uraian: "Mulai", tindakan: [] });
      draft.langkah.push({ ...step(draft, 6), uraian: "Selesai", tindakan: [] });
      step(draft, 3).tindakan = [];
      step(draft, 3).simbol = "terminator";
      draft.langkah.forEach((one, at) => {
        one.no = at + 1;
      });
    });
    expect(found.map((one) => one.split(":")[0])).toEqual([
      "langkah-tanpa-tindakan langkah.2.tindakan",
    ]);
  });
});

describe("a separation of duties", () => {
  const judge = (change: (draft: Draft) => void, sole: readonly string[]) => {
    const draft = structuredClone(kaltim) as Draft;
    change(draft);
    return lintSeparation(SopSchema.parse(draft), new Set(sole)).map(
      ({ aturan, path }) => `${aturan} ${path.join(".")}`,
    );
  };
  const checkerIs = (jabatan: string[]) => (draft: Draft) => {
    const role = draft.pelaksana[3]?.peran[1];
    if (role) role.jabatan = jabatan;
  };

  test("cannot be met by one position that one person holds", () => {
    expect(judge(checkerIs(["pengelola"]), ["pengelola"])).toEqual([
      "pemisahan-mustahil langkah.4.tindakan.0.bedaOrangDari.0",
    ]);
  });

  test("can be met by a position that several hold, and by two positions of one holder each", () => {
    expect(judge(checkerIs(["pengelola"]), [])).toEqual([]);
    expect(judge(checkerIs(["pengelola", "pemeriksa"]), ["pengelola", "pemeriksa"])).toEqual([]);
    expect(judge(() => undefined, ["pengelola", "pemeriksa"])).toEqual([]);
  });
});

describe("the rules", () => {
  test("that stop the build are each tripped above", async () => {
    const source = await readFile(fileURLToPath(import.meta.url), "utf8");
    const strict = Object.entries(RULES).filter(([, { tingkat }]) => tingkat === "galat");
    expect(strict.filter(([id]) => !new RegExp(`["'\`]${id} `).test(source))).toEqual([]);
  });

  test("have ids for people and a reason in a whole sentence", () => {
    for (const [id, { sebab }] of Object.entries(RULES)) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(sebab, id).toMatch(/^[A-Z].*\.$/);
    }
  });
});
