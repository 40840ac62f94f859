import { Worker } from "node:worker_threads";
import type { TextItem } from "./letter-number.ts";

/** A hostile PDF may unpack without end: the reader then dies alone, and soon. */
const TIMEOUT_MS = 5_000;
const HEAP_MB = 256;

/** The text of the first page; none where the file cannot be read in time. */
export function firstPageText(pdf: Uint8Array): Promise<readonly TextItem[]> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./first-page-worker.ts", import.meta.url), {
      workerData: new Uint8Array(pdf),
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    const end = (items: readonly TextItem[]): void => {
      clearTimeout(timer);
      resolve(items);
      void worker.terminate();
    };
    const timer = setTimeout(() => end([]), TIMEOUT_MS);
    worker.once("message", (items: readonly TextItem[]) => end(items));
    worker.once("error", () => end([]));
    worker.once("exit", () => end([]));
  });
}
