/** One process of `twin-cache.ts`: a document comes in, its files are written, their place goes back. */
import { rename, writeFile } from "node:fs/promises";
import { bpmnOf } from "#diagram/bpmn.ts";
import { type SopDocument, sopPdf } from "../typst/sop-pdf.ts";

export interface TwinOrder {
  readonly document: SopDocument;
  /** Path of the files without the ending. */
  readonly stem: string;
}

process.on("message", async ({ document, stem }: TwinOrder) => {
  await write(`${stem}.bpmn`, await bpmnOf(document.sop));
  // The last one: where it is, the other is too.
  await write(`${stem}.pdf`, sopPdf(document));
  process.send?.(stem);
});

/** Another build may be making the same file; a file is there whole or not at all. */
async function write(file: string, content: string | Uint8Array): Promise<void> {
  const part = `${file}.${process.pid}`;
  await writeFile(part, content);
  await rename(part, file);
}
