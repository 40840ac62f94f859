/**
 * A letter as an office's own application makes it: PDF with a block of number, nature and subject,
 * signed by another program than ours (openssl, RSA, the older sub-filter). All of it is CONTOH.
 */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pdflibAddPlaceholder } from "@signpdf/placeholder-pdf-lib";
import { SignPdf } from "@signpdf/signpdf";
import { Signer, SUBFILTER_ADOBE_PKCS7_DETACHED } from "@signpdf/utils";
import { PDFDocument, StandardFonts } from "pdf-lib";
import { tempDir } from "./temp-dir.ts";

export const LETTER_NUMBER = "B-123/CONTOH/000.6/11/2026";
const SIZE = 11;

export async function officialLetter(number = LETTER_NUMBER): Promise<Uint8Array<ArrayBuffer>> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  const page = document.addPage([595, 842]);
  const write = (x: number, y: number, text: string) =>
    page.drawText(text, { x, y, size: SIZE, font });
  write(180, 780, "PEMERINTAH KABUPATEN CONTOH");
  write(180, 764, "DINAS CONTOH, Telepon 0541-000000");
  write(400, 720, "Kota Contoh, 20 November 2026");
  const rows = [
    ["Nomor", number],
    ["Sifat", "Biasa"],
    ["Lampiran", "-"],
    ["Hal", "Permohonan pencadangan basis data (CONTOH)"],
  ] as const;
  for (const [at, [label, value]] of rows.entries()) {
    write(60, 720 - 16 * at, label);
    write(120, 720 - 16 * at, ":");
    write(130, 720 - 16 * at, value);
  }
  write(60, 620, "Menindaklanjuti surat Nomor 999/LAIN/2026, bersama ini kami memohon ...");
  return new Uint8Array(await document.save());
}

/** Signed by openssl, with the signing time within the signature. */
export async function signedElsewhere(pdf: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  await using directory = await tempDir();
  const key = join(directory.path, "key.pem");
  const certificate = join(directory.path, "certificate.pem");
  const openssl = (...options: string[]) =>
    execFileSync("openssl", options, { stdio: ["ignore", "ignore", "ignore"] });
  openssl(
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-utf8"],
    ...["-subj", "/O=Kabupaten Contoh/CN=CONTOH Sekretaris Dinas"],
    ...["-keyout", key, "-out", certificate],
  );
  const document = await PDFDocument.load(pdf, { updateMetadata: false });
  pdflibAddPlaceholder({
    pdfDoc: document,
    reason: "CONTOH",
    contactInfo: "",
    name: "CONTOH",
    location: "",
    signatureLength: 8_000,
    subFilter: SUBFILTER_ADOBE_PKCS7_DETACHED,
  });
  class OpenSsl extends Signer {
    override async sign(bytes: Buffer): Promise<Buffer> {
      const content = join(directory.path, "content");
      await writeFile(content, bytes);
      return execFileSync("openssl", [
        ...["cms", "-sign", "-binary", "-in", content, "-md", "sha256"],
        ...["-signer", certificate, "-inkey", key, "-outform", "DER"],
      ]);
    }
  }
  const prepared = await document.save({ useObjectStreams: false });
  return new Uint8Array(await new SignPdf().sign(prepared, new OpenSsl()));
}
