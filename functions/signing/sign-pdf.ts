import { pdflibAddPlaceholder } from "@signpdf/placeholder-pdf-lib";
import { SignPdf } from "@signpdf/signpdf";
import { Signer, SUBFILTER_ETSI_CADES_DETACHED } from "@signpdf/utils";
import { PDFArray, PDFDict, PDFDocument, PDFName, PDFNumber, PDFString } from "pdf-lib";
import { cmsSignature } from "./cms-signature.ts";
import type { Credential } from "./local-ca.ts";

/** Bytes set aside for the signature: it takes about 1,700, and a name may be long. */
const SIGNATURE_BYTES = 6_000;
/** Hidden, printed, locked: PDF/UA-1 asks no tag of an annotation that nobody can see. */
const WIDGET_FLAGS = 2 + 4 + 128;

/** Signs a PDF that has no signature yet; tags, language and metadata stay as they are. */
export async function signPdf(
  pdf: Uint8Array,
  by: Credential,
  what: { readonly name: string; readonly reason: string; readonly at: Date },
): Promise<Uint8Array> {
  const document = await PDFDocument.load(pdf, { updateMetadata: false });
  pdflibAddPlaceholder({
    pdfDoc: document,
    reason: pdfText(what.reason),
    contactInfo: "",
    name: pdfText(what.name),
    location: "",
    signingTime: what.at,
    signatureLength: SIGNATURE_BYTES,
    subFilter: SUBFILTER_ETSI_CADES_DETACHED,
  });
  hideWidget(document);
  const prepared = await document.save({ useObjectStreams: false });
  return new Uint8Array(await new SignPdf().sign(prepared, new CmsSigner(by), what.at));
}

class CmsSigner extends Signer {
  readonly by: Credential;

  constructor(by: Credential) {
    super();
    this.by = by;
  }

  override async sign(pdf: Buffer): Promise<Buffer> {
    return Buffer.from(await cmsSignature(pdf, this.by));
  }
}

function hideWidget(document: PDFDocument): void {
  const page = document.getPage(0).node;
  const annotations = page.lookup(PDFName.of("Annots"), PDFArray);
  const widget = annotations.lookup(annotations.size() - 1, PDFDict);
  widget.set(PDFName.of("F"), PDFNumber.of(WIDGET_FLAGS));
  widget.set(PDFName.of("TU"), PDFString.of("Tanda tangan elektronik"));
  page.set(PDFName.of("Tabs"), PDFName.of("S"));
}

/** UTF-16 in octal: the placeholder writes a literal string as it comes, brackets and all. */
function pdfText(text: string): string {
  const bytes = Buffer.from(`\uFEFF${text}`, "utf16le").swap16();
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
