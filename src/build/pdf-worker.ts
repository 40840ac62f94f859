/** One thread of `pdf-cache.ts`: a document comes in, its file is written, its place goes back. */
import { rename, writeFile } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import { invariant } from "#domain/errors.ts";
import { type SopDocument, sopPdf } from "../typst/sop-pdf.ts";

export interface PdfOrder {
  readonly document: SopDocument;
  readonly file: string;
}

invariant(parentPort, "started as a thread");
const port = parentPort;

port.on("message", async ({ document, file }: PdfOrder) => {
  // Another build may be making the same file; a file is there whole or not at all.
  const part = `${file}.${process.pid}-${document.sop.slug}-${document.sop.versi}`;
  await writeFile(part, sopPdf(document));
  await rename(part, file);
  port.postMessage(file);
});
