/**
 * PDFs and BPMN files, kept from one build to the next under the hash of all that enters them: the
 * document, the code and templates that draw it, and the versions of the packages they use.
 */
import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { canonicalJson } from "#domain/trust/canonical.ts";
import type { SopDocument } from "../typst/sop-pdf.ts";
import type { TwinOrder } from "./twin-worker.ts";

const source = join(import.meta.dirname, "..");
/** Code that turns a document into a drawing. */
const DRAWING = ["typst", "diagram", "domain/sop"];
const DRAWING_FILES = ["domain/indonesian.ts"];
const PACKAGES = [
  "@myriaddreamin/typst-ts-node-compiler",
  "@expo-google-fonts/arimo",
  "uqr",
  "bpmn-moddle",
] as const;
/** Versions are pinned exactly. */
const PinnedSchema = z.object({ dependencies: z.record(z.string(), z.string()) });
/** More workers than this gain little and each holds a compiler. */
const MAX_WORKERS = 4;

export interface MadeTwins {
  /** Files of the cache without their endings, in the order of the documents. */
  readonly stems: readonly string[];
  readonly made: number;
}

/** Makes what the cache does not hold yet. Throws where a worker fails; it has said why. */
export async function makeTwins(
  documents: readonly SopDocument[],
  cache: string,
): Promise<MadeTwins> {
  await mkdir(cache, { recursive: true });
  const drawing = await drawingHash();
  const stems = documents.map((document) =>
    join(cache, `${hash([drawing, canonicalJson({ ...document })])}`),
  );
  const orders = documents
    .map((document, at): TwinOrder => ({ document, stem: stems[at] ?? "" }))
    .filter(({ stem }) => !existsSync(`${stem}.pdf`));
  const queue = orders.values();
  const workers = Math.min(availableParallelism(), MAX_WORKERS, orders.length);
  await Promise.all(Array.from({ length: workers }, () => work(queue)));
  return { stems, made: orders.length };
}

/**
 * Gives a process of its own one order after the other. Threads would share the compiler's memory of
 * earlier results, wait for each other and forget each other's.
 */
async function work(queue: Iterator<TwinOrder>): Promise<void> {
  const worker = fork(new URL("./twin-worker.ts", import.meta.url), [], { silent: true });
  const said: string[] = [];
  worker.stderr?.setEncoding("utf8").on("data", (text: string) => said.push(text));
  const next = () => {
    const order = queue.next();
    if (order.done) worker.disconnect();
    else worker.send(order.value);
  };
  worker.on("message", next);
  next();
  const [code] = await once(worker, "exit");
  if (code !== 0) throw new Error(`a PDF or BPMN file was not made: ${said.join("")}`);
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
