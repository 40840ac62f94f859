/** The body of each kind of letter, made of what was really given and done. */
import { dateText } from "../indonesian.ts";
import { dateInWords } from "../terbilang.ts";
import { EMPTY, type Letter } from "./letter.ts";
import type { Block, SheetRow } from "./sheet.ts";

const CLOSING = "Demikian disampaikan. Atas perhatian Saudara diucapkan terima kasih.";

export function bodyOf(letter: Letter): Block[] {
  switch (letter.kind) {
    case "surat-permohonan":
      return application(letter);
    case "perencanaan":
      return plan(letter);
    case "laporan":
      return report(letter);
    case "surat-pemberitahuan":
      return notice(letter);
    case "berita-acara":
      return minutes(letter);
    case "disposisi":
      return [];
  }
}

function application(letter: Letter): Block[] {
  // Sender and number stand in the letter's head, not in its body.
  const shown = letter.rows.filter(({ name }) => !["opd", "nama", "nomorSurat"].includes(name));
  return [
    paragraph(
      `Dengan ini kami mengajukan permohonan menurut SOP “${letter.sop.title}” dengan keterangan sebagai berikut:`,
    ),
    rows(shown),
    paragraph("Demikian permohonan ini disampaikan. Atas perhatiannya diucapkan terima kasih."),
  ];
}

function plan(letter: Letter): Block[] {
  return [
    paragraph(
      `Sehubungan dengan ${requestWords(letter)}, pelaksanaannya direncanakan sebagai berikut:`,
    ),
    rows(letter.rows),
    paragraph(
      "Perencanaan ini disusun sesuai ketersediaan kapasitas dan sekaligus menjadi pemberitahuan kepada pemohon.",
    ),
    paragraph(CLOSING),
  ];
}

function report(letter: Letter): Block[] {
  const { sop, request } = letter;
  const targets = [...new Set(valuesOf(letter, "Sasaran"))];
  return [
    heading("A. Pendahuluan"),
    rows([
      { label: "Umum", value: `Laporan ini dibuat atas ${requestWords(letter)}.` },
      {
        label: "Maksud dan tujuan",
        value: "Melaporkan pelaksanaan pekerjaan dan hasilnya beserta buktinya.",
      },
      { label: "Ruang lingkup", value: targets.join("; ") || request.work || EMPTY },
      { label: "Dasar", value: `SOP “${sop.title}”, nomor ${sop.number ?? EMPTY}` },
    ]),
    heading("B. Kegiatan yang dilaksanakan"),
    letter.activities.length === 0
      ? paragraph(EMPTY)
      : {
          type: "table",
          head: ["Waktu", "Kegiatan", "Oleh"],
          rows: letter.activities.map(({ at, what, by }) => [at, what, by]),
        },
    heading("C. Hasil yang dicapai"),
    ...(letter.rows.length > 0 ? [rows(letter.rows)] : []),
    ...(letter.evidence.length > 0
      ? [
          paragraph("Angka dan sidik berikut berasal dari hasil yang ditandatangani agen:"),
          rows(letter.evidence),
        ]
      : []),
    ...(letter.rows.length + letter.evidence.length === 0 ? [paragraph(EMPTY)] : []),
    heading("D. Kesimpulan dan saran"),
    paragraph(letter.conclusion ?? EMPTY),
    heading("E. Penutup"),
    paragraph("Demikian laporan ini dibuat untuk dipergunakan sebagaimana mestinya."),
  ];
}

function notice(letter: Letter): Block[] {
  const rest = letter.rows.filter(({ name }) => name !== "isi");
  const words = letter.rows.filter(({ name }) => name === "isi").map(({ value }) => value);
  return [
    paragraph(`Sehubungan dengan ${requestWords(letter)}, dengan ini diberitahukan:`),
    ...words.flatMap((value) => value.split(/\n+/).map(paragraph)),
    ...(rest.length > 0 ? [rows(rest)] : []),
    ...(letter.conclusion === null ? [] : [paragraph(letter.conclusion)]),
    ...attachments(letter),
    paragraph(CLOSING),
  ];
}

/** Old minutes are one paragraph: when, where, who, then the results, numbered. */
function minutes(letter: Letter): Block[] {
  const { signer, request, agency, sop } = letter;
  const place = agency.place === null ? "" : `, bertempat di ${agency.place}`;
  const [year, month, day] = letter.date.split("-");
  const results = [
    `Permohonan nomor ${letter.ref} tanggal ${dateText(request.submitted)} telah dilaksanakan menurut SOP “${sop.title}”.`,
    ...(letter.conclusion === null ? [] : [letter.conclusion]),
    ...letter.rows.map(({ label, value }) => `${label}: ${value}`),
    ...letter.evidence
      .filter(({ label }) => /^(Sasaran|Cadangan$|Sidik hasil|Pekerjaan agen)/.test(label))
      .map(({ label, value }) => `${label}: ${value}`),
  ];
  return [
    paragraph(
      `Pada hari ini ${dateInWords(letter.date)} (${day}-${month}-${year})${place}, kami yang bertanda tangan di bawah ini:`,
    ),
    {
      type: "list",
      items: [
        `${signer?.name ?? EMPTY}, ${signer?.title ?? EMPTY}, ${agency.name}, selanjutnya disebut PIHAK KESATU;`,
        `${request.name || EMPTY}, ${request.opd || EMPTY}, selanjutnya disebut PIHAK KEDUA,`,
      ],
    },
    paragraph(`menyatakan bahwa telah dilaksanakan ${lower(request.work)} dengan hasil:`),
    { type: "list", items: results },
    ...attachments(letter),
    paragraph(
      "Demikian Berita Acara ini dibuat dengan sebenar-benarnya untuk dipergunakan sebagaimana mestinya.",
    ),
  ];
}

function attachments(letter: Letter): Block[] {
  if (letter.attachments.length === 0) return [];
  return [
    heading("Lampiran"),
    {
      type: "list",
      items: letter.attachments.map(
        ({ title, number, sha256 }) => `${title}, nomor ${number ?? EMPTY}, SHA-256 ${sha256}`,
      ),
    },
  ];
}

/** "permohonan Dinas X nomor 1/2026 tanggal 23 November 2026 (agenda ABC-DEF-GHK) tentang …". */
function requestWords({ request, ref }: Letter): string {
  return [
    "permohonan",
    request.opd,
    request.letterNumber === null ? "" : `nomor ${request.letterNumber}`,
    `tanggal ${dateText(request.submitted)} (agenda ${ref})`,
    request.work === "" ? "" : `tentang ${lower(request.work)}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

function valuesOf({ evidence }: Letter, label: string): string[] {
  return evidence.filter((line) => line.label === label).map(({ value }) => value);
}

function lower(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function paragraph(text: string): Block {
  return { type: "paragraph", text };
}

function heading(text: string): Block {
  return { type: "heading", text };
}

function rows(of: readonly SheetRow[]): Block {
  return { type: "rows", rows: of.map(({ label, value }) => ({ label, value })) };
}
