import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TextItem } from "./letter-number.ts";

/** A hostile PDF may unpack without end: the reader then dies alone, and soon. */
const TIMEOUT_MS = 5_000;
const HEAP_MB = 256;
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
const PROGRAM = fileURLToPath(new URL("./first-page-program.ts", import.meta.url));

/**
 * The text of the first page; none where the file cannot be read in time. In a process of its own: a
 * thread that runs out of memory can take the whole server with it.
 */
export function firstPageText(pdf: Uint8Array): Promise<readonly TextItem[]> {
  return new Promise((resolve) => {
    const reader = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, PROGRAM], {
      stdio: ["pipe", "pipe", "ignore"],
      env: {},
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
    });
    const parts: Buffer[] = [];
    let length = 0;
    reader.stdout.on("data", (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length > ANSWER_BYTES_MAX) reader.kill("SIGKILL");
    });
    // A reader that died before it read everything is told by its end.
    reader.stdin.on("error", () => undefined);
    reader.once("error", () => resolve([]));
    reader.once("close", (code) => resolve(code === 0 ? itemsIn(Buffer.concat(parts)) : []));
    reader.stdin.end(pdf);
  });
}

function itemsIn(answer: Buffer): readonly TextItem[] {
  try {
    return JSON.parse(answer.toString("utf8")) as TextItem[];
  } catch {
    return [];
  }
}
