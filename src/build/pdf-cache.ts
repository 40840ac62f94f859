/**
 * Compiled PDFs, kept from one build to the next under the hash of all that enters them: the
 * document, the code and templates that draw it, and the versions of compiler, font and QR code.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { canonicalJson } from "#domain/trust/canonical.ts";
import type { SopDocument } from "../typst/sop-pdf.ts";
import type { PdfOrder } from "./pdf-worker.ts";

const source = join(import.meta.dirname, "..");
/** Code that turns a document into a drawing. */
const DRAWING = ["typst", "diagram", "domain/sop"];
const DRAWING_FILES = ["domain/indonesian.ts"];
const PACKAGES = [
  "@myriaddreamin/typst-ts-node-compiler",
  "@expo-google-fonts/arimo",
  "uqr",
] as const;
/** Versions are pinned exactly. */
const PinnedSchema = z.object({ dependencies: z.record(z.string(), z.string()) });
/** More threads than this gain little and each holds a compiler. */
const MAX_THREADS = 4;

export interface MadePdfs {
  /** Files of the cache, in the order of the documents. */
  readonly files: readonly string[];
  readonly made: number;
}

/** Makes what the cache does not hold yet. Throws what the first failing thread threw. */
export async function makePdfs(
  documents: readonly SopDocument[],
  cache: string,
): Promise<MadePdfs> {
  await mkdir(cache, { recursive: true });
  const drawing = await drawingHash();
  const files = documents.map((document) =>
    join(cache, `${hash([drawing, canonicalJson({ ...document })])}.pdf`),
  );
  const orders = documents
    .map((document, at): PdfOrder => ({ document, file: files[at] ?? "" }))
    .filter(({ file }) => !existsSync(file));
  const queue = orders.values();
  const threads = Math.min(availableParallelism(), MAX_THREADS, orders.length);
  await Promise.all(Array.from({ length: threads }, () => work(queue)));
  return { files, made: orders.length };
}

/** Gives a thread of its own one order after the other. */
function work(queue: Iterator<PdfOrder>): Promise<void> {
  const worker = new Worker(new URL("./pdf-worker.ts", import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const next = () => {
    const order = queue.next();
    if (order.done) resolve();
    else worker.postMessage(order.value);
  };
  worker.on("message", next);
  worker.on("error", reject);
  next();
  return promise.finally(() => worker.terminate());
}

async function drawingHash(): Promise<string> {
  const { dependencies } = PinnedSchema.parse(
    JSON.parse(await readFile(join(source, "..", "package.json"), "utf8")),
  );
  const versions = PACKAGES.map((name) => dependencies[name] ?? "");
  const found = await Promise.all(
    DRAWING.map(async (folder) => {
      const names = await readdir(join(source, folder), { recursive: true });
      return names.filter((name) => /\.(ts|typ)$/.test(name)).map((name) => join(folder, name));
    }),
  );
  const names = [...DRAWING_FILES, ...found.flat()].sort();
  const contents = await Promise.all(names.map((name) => readFile(join(source, name), "utf8")));
  return hash([...versions, ...names, ...contents]);
}

/** Parts are hashed one by one, so that no two lists of parts come to the same. */
function hash(parts: readonly string[]): string {
  const sum = createHash("sha256");
  for (const part of parts) sum.update(createHash("sha256").update(part).digest());
  return sum.digest("hex");
}
