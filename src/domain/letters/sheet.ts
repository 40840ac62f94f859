/**
 * A letter as it is laid out: the one order and wording for page, PDF and ODT. The shapes are those
 * of the tata naskah dinas: surat dinas, nota dinas, naskah with a title, lembar disposisi.
 */
import { dateText } from "../indonesian.ts";
import { bodyOf } from "./bodies.ts";
import { disposisiBlocks } from "./disposisi.ts";
import { EMPTY, type Letter, type LetterSigner } from "./letter.ts";

export interface SheetRow {
  readonly label: string;
  readonly value: string;
}

export type Block =
  | { readonly type: "paragraph"; readonly text: string }
  | { readonly type: "heading"; readonly text: string }
  | { readonly type: "rows"; readonly rows: readonly SheetRow[] }
  | { readonly type: "list"; readonly items: readonly string[] }
  | {
      readonly type: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | {
      readonly type: "ticks";
      readonly lead: string;
      readonly items: readonly { readonly words: string; readonly ticked: boolean }[];
    };

/** One who signs, with what stands in the place of the signature. */
export interface Signature {
  /** "PIHAK KESATU", or null. */
  readonly party: string | null;
  readonly title: string;
  /** Between title and name. */
  readonly words: string;
  readonly signed: boolean;
  readonly name: string;
  /** Pangkat and NIP, where known. */
  readonly lines: readonly string[];
}

export interface Sheet {
  readonly shape: "surat" | "nota" | "judul" | "disposisi";
  /** Printed large on each page, e.g. that this is a sample. */
  readonly mark: string | null;
  readonly letterhead: readonly string[];
  readonly contact: readonly string[];
  /** Centred title and the lines under it; empty for a surat dinas. */
  readonly heading: readonly string[];
  /** Place and date at the right, or before the signature. */
  readonly dateline: string;
  readonly head: readonly SheetRow[];
  /** After "Yth.". */
  readonly to: readonly string[];
  readonly blocks: readonly Block[];
  readonly signatures: readonly Signature[];
  readonly initials: readonly string[];
  readonly copies: readonly string[];
  /** How to verify the PDF; null where it cannot be. */
  readonly check: { readonly address: string; readonly words: readonly string[] } | null;
  /** At the foot of each page. */
  readonly foot: readonly string[];
}

const SHAPES: Readonly<Record<Letter["kind"], Sheet["shape"]>> = {
  "surat-permohonan": "surat",
  disposisi: "disposisi",
  perencanaan: "nota",
  laporan: "judul",
  "surat-pemberitahuan": "surat",
  "berita-acara": "judul",
};

/** Words of the certificate's issuer; only on what was signed with such a certificate. */
const BSRE_FOOT =
  "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik yang " +
  "diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE), Badan Siber dan Sandi Negara.";

export function sheetOf(letter: Letter): Sheet {
  const shape = SHAPES[letter.kind];
  const { agency } = letter;
  const date = dateText(letter.date);
  return {
    shape,
    mark: markOf(letter),
    letterhead: agency.letterhead,
    contact: agency.contact,
    heading: headingOf(letter),
    dateline: agency.place === null ? date : `${agency.place}, ${date}`,
    head: headOf(letter, shape),
    to: shape === "surat" ? letter.to : [],
    blocks: letter.kind === "disposisi" ? disposisiBlocks(letter) : bodyOf(letter),
    signatures: signaturesOf(letter),
    initials: letter.initials.map(({ title, name }) => `${title}: ${name}`),
    copies: letter.copies,
    check: letter.verify && {
      address: letter.verify.address,
      words: [
        `Kode ${shownCode(letter.verify.code)}`,
        `Keaslian berkas PDF ini diperiksa di ${letter.verify.address} dengan mencocokkan sidik SHA-256-nya. Salinan cetak tidak dapat diperiksa.`,
      ],
    },
    foot: footOf(letter),
  };
}

function markOf({ sample, state, signedWith }: Letter): string | null {
  const words: Record<Letter["state"], string> = {
    konsep: "KONSEP",
    diparaf: "KONSEP – DIPARAF",
    ditandatangani: "",
    "tanpa-tanda-tangan": "BELUM DITANDATANGANI",
  };
  // A signature of the test adapter binds nobody, so its letters are samples too.
  if (sample || signedWith === "local-test") {
    return `CONTOH${words[state] === "" ? " – TANDA TANGAN UJI" : ` – ${words[state]}`}`;
  }
  return words[state] || null;
}

function headingOf(letter: Letter): string[] {
  const number = `NOMOR ${letter.number ?? EMPTY}`;
  switch (letter.kind) {
    case "disposisi":
      return ["LEMBAR DISPOSISI"];
    case "perencanaan":
      return ["NOTA DINAS"];
    case "laporan":
      return ["LAPORAN", number, "TENTANG", letter.subject.toUpperCase()];
    case "berita-acara":
      return ["BERITA ACARA", number, "TENTANG", letter.subject.toUpperCase()];
    default:
      return [];
  }
}

function headOf(letter: Letter, shape: Sheet["shape"]): SheetRow[] {
  const numbered: SheetRow[] = [
    { label: "Nomor", value: letter.number ?? EMPTY },
    { label: "Sifat", value: letter.sifat ?? EMPTY },
    { label: "Lampiran", value: attachmentCount(letter) },
    { label: "Hal", value: letter.subject },
  ];
  if (shape === "surat") return numbered;
  if (shape !== "nota") return [];
  return [
    { label: "Yth.", value: letter.to.join("; ") || EMPTY },
    { label: "Dari", value: letter.from },
    { label: "Tembusan", value: letter.copies.join("; ") || EMPTY },
    { label: "Tanggal", value: dateText(letter.date) },
    ...numbered,
  ];
}

function attachmentCount({ attachments }: Letter): string {
  return attachments.length === 0 ? EMPTY : `${attachments.length} berkas`;
}

function signaturesOf(letter: Letter): Signature[] {
  const parties = letter.kind === "berita-acara";
  const own = letter.signer ? [signatureOf(letter, letter.signer, parties)] : [];
  if (!parties) return own;
  const { opd, name } = letter.request;
  const second: Signature = {
    party: "PIHAK KEDUA",
    title: opd || EMPTY,
    words: "Belum ditandatangani",
    signed: false,
    name: name || EMPTY,
    lines: [],
  };
  return [...own, second];
}

function signatureOf(letter: Letter, signer: LetterSigner, parties: boolean): Signature {
  const signed = letter.state === "ditandatangani";
  return {
    party: parties ? "PIHAK KESATU" : null,
    title: signer.title,
    words: signatureWords(letter),
    signed,
    name: signer.name,
    lines: [
      ...(signer.rank === null ? [] : [signer.rank]),
      ...(signer.nip === null ? [] : [`NIP ${signer.nip}`]),
    ],
  };
}

function signatureWords({ state, signedWith }: Letter): string {
  if (state === "konsep") return "Konsep, belum ditandatangani";
  if (state !== "ditandatangani") return "Belum ditandatangani";
  return signedWith === "local-test"
    ? "Tanda tangan uji (CONTOH) oleh:"
    : "Ditandatangani secara elektronik oleh:";
}

function footOf(letter: Letter): string[] {
  const about = `${letter.title} · permohonan ${letter.ref}`;
  const certified = letter.signedWith === "bsre-v1" && !letter.sample ? [BSRE_FOOT] : [];
  return [...certified, letter.verify ? `${about} · kode ${shownCode(letter.verify.code)}` : about];
}

/** In two groups, to be read aloud. */
function shownCode(code: string): string {
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}
