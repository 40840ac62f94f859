import type { Letter } from "#domain/letters/letter.ts";

const DIGEST = "0123456789abcdef".repeat(4);

/** A complete letter of any kind; every name, number and place is a sample. */
export function sampleLetter(changes: Partial<Letter> = {}): Letter {
  return {
    v: 2,
    kind: "laporan",
    title: "Laporan pelaksanaan",
    sample: true,
    state: "tanpa-tanda-tangan",
    agency: {
      id: "contoh",
      name: "Dinas Contoh",
      letterhead: ["PEMERINTAH KABUPATEN CONTOH", "DINAS CONTOH"],
      contact: ["Jalan CONTOH Nomor 1", "pos-el dinas@contoh.go.id"],
      place: "Contoh",
    },
    sop: { slug: "contoh", title: "Restore Contoh", digest: DIGEST, number: null },
    ref: "AB2-CD3-EF4",
    number: "B-001/CONTOH/000.1/11/2026",
    sifat: "Segera",
    subject: "Pelaksanaan pemulihan (restore)",
    copies: ["CONTOH Sekretaris"],
    at: "2026-11-23T01:00:00.000Z",
    date: "2026-11-23",
    from: "CONTOH Pejabat, Plt. Kepala Dinas",
    to: ["Kepala Bidang"],
    signer: {
      title: "Plt. Kepala Dinas",
      name: "CONTOH Pejabat",
      rank: "Pembina (IV/a)",
      nip: "000000000000000000",
    },
    initials: [{ title: "JFT", name: "CONTOH JFT", rank: null, nip: null }],
    signedWith: null,
    verify: {
      code: "AB2CD3EF4G",
      address: "https://sop.contoh.go.id/verifikasi/AB2CD3EF4G/",
    },
    request: {
      work: "Pemulihan (restore)",
      opd: "CONTOH OPD",
      name: "CONTOH Pemohon",
      letterNumber: "800/045/2026",
      submitted: "2026-11-22",
    },
    rows: [
      { name: "instruksi", label: "Instruksi", value: "Kerjakan menurut SOP.\nLaporkan hasilnya." },
    ],
    chain: [],
    activities: [{ at: "23 November 2026 pukul 09.00 WITA", what: "Cek berkas", by: "JFT" }],
    evidence: [
      { label: "Sasaran", value: "db-satu (PostgreSQL)" },
      { label: "Sidik isi cadangan db-satu (SHA-256)", value: DIGEST },
    ],
    conclusion: "Isinya sama dengan isi cadangan.",
    attachments: [{ kind: "laporan", title: "Laporan pelaksanaan", number: null, sha256: DIGEST }],
    ...changes,
  };
}
