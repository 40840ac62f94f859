import { type Finding, finding } from "./finding.ts";
import { isBareWord } from "./lint-activities.ts";
import type { Sop } from "./schema.ts";

/** How the procedure table is laid out: columns in order of use, capsules at both ends, paired connectors. */
export function lintTable(sop: Sop): Finding[] {
  return [...lintColumns(sop), ...lintEnds(sop), ...lintConnectors(sop), ...lintLoops(sop)];
}

function lintColumns(sop: Sop): Finding[] {
  const used = [...new Set(sop.langkah.flatMap((step) => step.kolom))];
  const acting = new Set(
    sop.langkah.flatMap((step) => step.tindakan.flatMap((act) => [act.oleh, ...act.kepada])),
  );
  const findings: Finding[] = [];
  sop.pelaksana.forEach((column, at) => {
    if (!used.includes(column.id)) {
      findings.push(
        finding(
          "kolom-tak-dipakai",
          ["pelaksana", at],
          `Kolom "${column.judul}" tidak dipakai langkah mana pun.`,
          "Periksa kolom tiap langkah; bila naskahnya memang begitu, tulis di catatanPenyunting.",
        ),
      );
    }
    // Without any act nobody's turn is told at all.
    if (acting.size === 0) return;
    column.peran.forEach((role, roleAt) => {
      if (acting.has(role.id)) return;
      findings.push(
        finding(
          "peran-tak-dipakai",
          ["pelaksana", at, "peran", roleAt],
          `Peran "${role.judul}" tidak dipakai tindakan mana pun.`,
          "Tulis id-nya pada oleh atau kepada sebuah tindakan, atau hapus peran ini.",
        ),
      );
    });
  });
  return [...findings, ...lintOrder(sop, used)];
}

function lintOrder(sop: Sop, used: readonly string[]): Finding[] {
  const printed = sop.pelaksana.map((column) => column.id).filter((id) => used.includes(id));
  const titleOf = (id: string | undefined) =>
    sop.pelaksana.find((column) => column.id === id)?.judul ?? "";
  const misplaced = printed.findIndex((id, at) => id !== used[at]);
  if (misplaced < 0) return [];
  const saran = "Pada revisi berikutnya urutkan kolom menurut langkah pertamanya.";
  if (misplaced === 0) {
    const pesan = `Arus mulai di kolom "${titleOf(used[0])}", bukan di kolom paling kiri.`;
    return [finding("awal-bukan-kiri", ["langkah", 0, "kolom"], pesan, saran)];
  }
  const at = sop.pelaksana.findIndex((column) => column.id === printed[misplaced]);
  const pesan = `Kolom "${titleOf(used[misplaced])}" dipakai lebih dahulu daripada kolom "${titleOf(printed[misplaced])}" di kirinya.`;
  return [finding("urutan-kolom", ["pelaksana", at], pesan, saran)];
}

function lintEnds(sop: Sop): Finding[] {
  const last = sop.langkah.length - 1;
  return sop.langkah.flatMap((step, at) => {
    if ((at !== 0 && at !== last) || step.simbol === "terminator") return [];
    const what = at === 0 ? "pertama" : "terakhir";
    const pesan = `Langkah ${what} (${step.no}) bukan kapsul.`;
    const saran =
      "Periksa simbolnya pada naskah; bila kapsul, tulis simbol: terminator. Bila bukan, perbaiki pada revisi berikutnya.";
    return [finding("awal-akhir-bukan-kapsul", ["langkah", at, "simbol"], pesan, saran)];
  });
}

/** A connector that leaves a page is met by one of the same letter that enters the next. */
function lintConnectors(sop: Sop): Finding[] {
  const open = new Map<string, Finding>();
  const findings: Finding[] = [];
  sop.langkah.forEach(({ no, konektor }, at) => {
    if (konektor === null) return;
    const path = ["langkah", at, "konektor"];
    const { huruf, arah } = konektor;
    const alone = (other: string): Finding =>
      finding(
        "konektor-tak-berpasangan",
        path,
        `Penghubung ${huruf} pada langkah ${no} tidak punya pasangan ${other}.`,
        "Periksa huruf dan arahnya pada naskah; bila pasangannya tidak tercetak, tulis di catatanPenyunting.",
      );
    if (arah === "masuk") {
      if (!open.delete(huruf)) findings.push(alone("keluar sebelumnya"));
      return;
    }
    const before = open.get(huruf);
    if (before) findings.push(before);
    open.set(huruf, alone("masuk sesudahnya"));
  });
  return [...findings, ...open.values()];
}

/** Every loop has a branch that leads back; that branch can be bounded. */
function lintLoops(sop: Sop): Finding[] {
  // The bound counts within a request.
  if (sop.jenisPermohonan.length === 0) return [];
  return sop.langkah.flatMap((step, at) =>
    step.cabang.flatMap((branch, branchAt) =>
      branch.ke > step.no || branch.maks !== undefined
        ? []
        : [
            finding(
              "perulangan-tanpa-batas",
              ["langkah", at, "cabang", branchAt],
              `Cabang "${branch.label}" kembali ke langkah ${branch.ke} tanpa batas.`,
              "Tulis maks: berapa kali jalan balik ini boleh ditempuh, mis. maks: 3.",
            ),
          ],
    ),
  );
}

/** Inputs, time and output of each step, as far as the source prints columns for them. */
export function lintMutuBaku(sop: Sop): Finding[] {
  if (sop.tanpaMutuBaku) {
    return [
      finding(
        "tanpa-mutu-baku",
        ["tanpaMutuBaku"],
        "Tabel prosedur tidak punya kolom mutu baku.",
        "Tambahkan kolom itu pada revisi berikutnya; naskah yang berlaku tidak diubah.",
      ),
    ];
  }
  const last = sop.langkah.length - 1;
  const saran =
    "Bila naskah memuatnya, salin. Bila kosong, biarkan; tetapkan pada revisi berikutnya.";
  return sop.langkah.flatMap((step, at) => {
    if (isBareWord(step)) return [];
    const path = ["langkah", at];
    const findings: Finding[] = [];
    if (step.kelengkapan.length === 0) {
      const pesan = `Kelengkapan langkah ${step.no} kosong.`;
      findings.push(finding("kelengkapan-kosong", [...path, "kelengkapan"], pesan, saran));
    }
    if (step.waktu === null && at !== 0 && at !== last) {
      findings.push(
        finding("waktu-kosong", [...path, "waktu"], `Waktu langkah ${step.no} kosong.`, saran),
      );
    }
    if (step.waktu !== null && step.waktu.nilai === null) {
      findings.push(
        finding(
          "waktu-bukan-angka",
          [...path, "waktu"],
          `Waktu langkah ${step.no} bukan angka: "${step.waktu.teks}".`,
          "Tetapkan angkanya pada revisi berikutnya; naskah yang berlaku tidak diubah.",
        ),
      );
    }
    if (step.output.length === 0) {
      const pesan = `Output langkah ${step.no} kosong.`;
      findings.push(finding("output-kosong", [...path, "output"], pesan, saran));
    }
    return findings;
  });
}
