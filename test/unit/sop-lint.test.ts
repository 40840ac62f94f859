import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { lintSop } from "#domain/sop/lint.ts";
import { type Sop, SopSchema } from "#domain/sop/schema.ts";

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
  return lintSop(SopSchema.parse(draft)).map(({ path, pesan }) => `${path.join(".")}: ${pesan}`);
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
      'langkah.2.tindakan.0.oleh: Peran "pengelolaa" tidak ada. Tulis salah satu dari: pemohon, administrator, pengawas, pengelola, pemeriksa.',
    ],
    [
      "whose disposisi goes to a role that is not there",
      (draft) => {
        act(draft, 2).kepada = ["camat"];
      },
      'langkah.1.tindakan.0.kepada.0: Peran "camat" tidak ada. Tulis salah satu dari: pemohon, administrator, pengawas, pengelola, pemeriksa.',
    ],
    [
      "whose disposisi goes to nobody",
      (draft) => {
        act(draft, 2).kepada = [];
      },
      "langkah.1.tindakan.0.kepada: Disposisi harus tertuju. Tulis sedikitnya satu peran.",
    ],
    [
      "whose step stands in a column that is not there",
      (draft) => {
        step(draft, 4).kolom = ["gudang"];
      },
      'langkah.3.kolom.0: Kolom "gudang" tidak ada. Tulis salah satu dari: opd, administrator, pengawas, personil-dc.',
    ],
    [
      "with two acts of one id",
      (draft) => {
        act(draft, 5).id = "laksana";
        act(draft, 5).bedaOrangDari = [];
      },
      'langkah.4.tindakan.0.id: Tindakan "laksana" sudah ada. Tulis id lain.',
    ],
    [
      "that separates an act from one that comes later",
      (draft) => {
        act(draft, 4).bedaOrangDari = ["konfirmasi"];
      },
      'langkah.3.tindakan.0.bedaOrangDari.0: Tindakan sebelum ini "konfirmasi" tidak ada. Tulis salah satu dari: ajukan, disposisi-administrator, disposisi-pengawas, rencana.',
    ],
    [
      "that separates the pemohon from the pemohon",
      (draft) => {
        act(draft, 5).oleh = "pemohon";
        act(draft, 5).bedaOrangDari = ["ajukan"];
      },
      "langkah.4.tindakan.0.bedaOrangDari.0: Kedua tindakan dikerjakan pemohon yang sama, jadi tidak mungkin beda orang. Hapus butir ini atau ganti perannya.",
    ],
    [
      "that attaches a document nobody made before",
      (draft) => {
        act(draft, 3).lampiran = ["laporan"];
      },
      'langkah.2.tindakan.0.lampiran.0: Dokumen dari tindakan sebelum ini "laporan" tidak ada. Tulis salah satu dari: surat-permohonan, disposisi.',
    ],
    [
      "without a pemohon",
      (draft) => {
        column(draft, 0).role.pemohon = false;
        column(draft, 0).role.jabatan = ["administrator"];
      },
      'pelaksana: Ada 0 peran pemohon. Tulis "pemohon: true" pada tepat satu peran.',
    ],
    [
      "with a role that nobody can take",
      (draft) => {
        column(draft, 1).role.jabatan = [];
      },
      'pelaksana.1.peran.0.jabatan: Peran "administrator" tidak dapat dijalankan siapa pun. Tulis sedikitnya satu jabatan dari berkas instansi.',
    ],
    [
      "that does not begin with the request of the pemohon",
      (draft) => {
        act(draft, 1).oleh = "administrator";
      },
      "langkah.0.tindakan.0: Tindakan pertama harus permohonan oleh pemohon. Tulis jenis: permohonan dan oleh: peran pemohon.",
    ],
    [
      "whose steps are not numbered in order",
      (draft) => {
        step(draft, 3).no = 4;
      },
      "langkah.2.no: Nomor langkah harus urut. Tulis 3, bukan 4.",
    ],
    [
      "with a decision that has one exit",
      (draft) => {
        step(draft, 3).simbol = "keputusan";
        step(draft, 3).cabang = [{ label: "Ya", ke: 4 }];
      },
      'langkah.2.cabang: Keputusan harus punya tepat dua cabang: "Ya" dan "Tidak".',
    ],
    [
      "with exits at a step that is no decision",
      (draft) => {
        step(draft, 3).cabang = branches(4, 1);
      },
      'langkah.2.cabang: Hanya keputusan yang bercabang. Hapus cabang, atau tulis simbol "keputusan".',
    ],
    [
      "whose decision leads to a step that is not there",
      (draft) => {
        step(draft, 3).simbol = "keputusan";
        step(draft, 3).cabang = branches(4, 9);
      },
      "langkah.2.cabang.1.ke: Langkah 9 tidak ada. Tulis nomor langkah 1 sampai 5.",
    ],
    [
      "with a step that is never reached",
      (draft) => {
        step(draft, 2).simbol = "keputusan";
        step(draft, 2).cabang = branches(4, 1);
      },
      "langkah.2: Langkah 3 tidak pernah dicapai. Arahkan sebuah cabang ke 3, atau hapus langkah ini.",
    ],
    [
      "that never ends from a step",
      (draft) => {
        step(draft, 5).simbol = "keputusan";
        step(draft, 5).cabang = branches(4, 3);
      },
      "langkah.0: Dari langkah 1 prosedur tidak pernah selesai. Arahkan cabangnya sampai ke langkah terakhir yang tidak bercabang.",
    ],
    [
      "whose agent work nobody froze",
      (draft) => {
        act(draft, 3).membekukan = false;
      },
      "langkah.3.tindakan.0.tugasAgen: Pekerjaan agen belum ditetapkan. Tulis membekukan: true pada sebuah tindakan sebelum ini.",
    ],
    [
      "that freezes work nobody does",
      (draft) => {
        act(draft, 4).tugasAgen = null;
      },
      "langkah.2.tindakan.0.membekukan: Sesudah ini tidak ada tindakan dengan tugasAgen: sesuai-permohonan. Hapus membekukan, atau tulis tugasAgen pada tindakan berikutnya.",
    ],
    [
      "that freezes work without targets",
      (draft) => {
        act(draft, 3).memilihSasaran = false;
      },
      "langkah.2.tindakan.0.membekukan: Belum ada sasaran yang dipilih. Tulis memilihSasaran: true pada tindakan ini atau sebelumnya.",
    ],
  ])("%s is told where and how to mend it", (_, change, expected) => {
    expect(findings(kaltim, change)).toContain(expected);
  });

  test("whose file check has no targets is told so", () => {
    const found = findings(kukar, (draft) => {
      act(draft, 4).memilihSasaran = false;
    });
    expect(found).toContain(
      "langkah.3.tindakan.0.memilihSasaran: Pengecekan berkas perlu sasaran. Tulis memilihSasaran: true.",
    );
  });

  test("with a decision that loops back and goes on is accepted", () => {
    const found = findings(kukar, (draft) => {
      step(draft, 4).simbol = "keputusan";
      step(draft, 4).cabang = branches(5, 1);
    });
    expect(found).toEqual([]);
  });
});
