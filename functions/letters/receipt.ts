/** The tanda terima that a pemohon may print: what was received, who acts next, and how to follow it. */
import { renderSVG } from "uqr";
import { pdfOf } from "../../src/typst/compile.ts";
import { linesOf, printed, rowLines } from "./printable.ts";

export interface Receipt {
  readonly sample: boolean;
  readonly agency: { readonly name: string; readonly letterhead: readonly string[] };
  /** Shown reference, e.g. "ABC-DEF-GHK". */
  readonly ref: string;
  readonly sop: string;
  /** "Pemulihan (restore)". */
  readonly work: string;
  /** As people read them. */
  readonly receivedAt: string;
  readonly next: { readonly step: string; readonly role: string; readonly due: string | null };
  /** Address with the tracking code. */
  readonly tracking: string;
  /** Local date, for the file's metadata. */
  readonly date: string;
}

export function receiptPdf(receipt: Receipt): Uint8Array<ArrayBuffer> {
  const { ref, sop, work, receivedAt, next, agency, tracking } = receipt;
  const data = {
    title: `Tanda terima permohonan ${ref}`,
    agency: agency.name,
    mark: receipt.sample ? "CONTOH" : null,
    watermark: receipt.sample ? "CONTOH" : "",
    letterhead: agency.letterhead,
    contact: [],
    foot: [`Tanda terima · permohonan ${ref}`],
    ref,
    rows: [
      { label: "Diterima", value: receivedAt },
      { label: "Layanan", value: work },
      { label: "SOP", value: sop },
      { label: "Langkah berikutnya", value: next.step },
      { label: "Dikerjakan oleh", value: next.role },
      { label: "Paling lambat", value: next.due ?? "–" },
    ].map(rowLines),
    tracking: linesOf(tracking),
    qr: { qr: renderSVG(tracking, { border: 0 }), alt: "Kode QR yang membuka halaman lacak" },
    words: [
      "Pindai kode QR atau buka tautan ini untuk melihat sampai di mana permohonan Anda:",
      "Tautan ini rahasia: siapa pun yang memilikinya dapat membaca permohonan dan membatalkannya. Jangan dibagikan.",
    ].map(linesOf),
  };
  return new Uint8Array(
    printed(data, (given) =>
      pdfOf({ template: "letter-receipt.typ", data: given, name: data.title }, receipt.date),
    ),
  );
}
