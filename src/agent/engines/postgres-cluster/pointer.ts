import { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { canonicalJson } from "#domain/trust/canonical.ts";
import { readFrom, writeTo } from "../../process/fd-stream.ts";

const POINTER_BYTES_MAX = 64 * 1024;

/** What is stored of a cluster in the vault: where pgBackRest keeps the data, and as of when. */
const Pointer = z.strictObject({
  v: z.literal(1),
  tool: z.literal("pgbackrest"),
  stanza: z.string().min(1),
  label: z.string().regex(/^\d{8}-\d{6}F(?:_\d{8}-\d{6}[DI])?$/),
  restorePoint: z.string().regex(/^[A-Za-z0-9_]{1,63}$/),
  systemIdentifier: z.string().regex(/^\d+$/),
});
export type Pointer = z.infer<typeof Pointer>;

export async function writePointer(pointer: Pointer, fd: number): Promise<void> {
  const sink = writeTo(fd);
  await new Promise<void>((resolve, reject) => {
    sink.on("error", reject);
    sink.end(`${canonicalJson(pointer)}\n`, () => resolve());
  });
}

/** ENGINE_LOAD_FAILED for anything but a whole pointer. */
export async function readPointer(fd: number): Promise<Pointer> {
  let text = "";
  for await (const chunk of readFrom(fd) as AsyncIterable<Buffer>) {
    text += chunk.toString("utf8");
    if (text.length > POINTER_BYTES_MAX) break;
  }
  try {
    if (text.endsWith("\n")) return Pointer.parse(JSON.parse(text));
  } catch {
    // Told below.
  }
  throw new AppError("ENGINE_LOAD_FAILED", "the stored stream is no pointer to a physical backup");
}
