import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { precompress } from "../../src/build/precompress.ts";
import type { BuildContext } from "../../src/build/steps.ts";

let client: string;
beforeEach(async () => {
  client = await mkdtemp(join(tmpdir(), "pulih-compress-"));
});
afterEach(() => rm(client, { recursive: true, force: true }));

const run = () => precompress.run({ client } as BuildContext);

describe("files compressed beforehand", () => {
  test("hold the same bytes as the file they lie beside, and fewer of them", async () => {
    const text = `<p>${"Menerima surat permohonan dari perangkat daerah. ".repeat(200)}</p>`;
    await writeFile(join(client, "index.html"), text);
    await run();
    const [brotli, gzipped] = await Promise.all(
      ["br", "gz"].map((end) => readFile(join(client, `index.html.${end}`))),
    );
    expect(brotliDecompressSync(brotli ?? "").toString()).toBe(text);
    expect(gunzipSync(gzipped ?? "").toString()).toBe(text);
    expect(brotli?.length).toBeLessThan(text.length / 5);
    expect(gzipped?.length).toBeLessThan(text.length / 5);
  });

  test("are not made of what fits into one packet, nor of what is compressed already", async () => {
    await writeFile(join(client, "tinjauan.ics"), "BEGIN:VCALENDAR");
    await writeFile(join(client, "sop.pdf"), Buffer.alloc(5_000));
    expect(await run()).toBe("1 text files");
    expect((await readdir(client)).sort()).toEqual(["sop.pdf", "tinjauan.ics"]);
  });
});
