import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BuildContext } from "../../src/build/steps.ts";
import { versionCopies } from "../../src/build/version-copies.ts";

let client: string;
beforeEach(async () => {
  client = await mkdtemp(join(tmpdir(), "pulih-copies-"));
});
afterEach(() => rm(client, { recursive: true, force: true }));

async function site(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(client, path)), { recursive: true });
    await writeFile(join(client, path), text);
  }
}
const run = () => versionCopies.run({ client } as BuildContext);

describe("the copies of the current version", () => {
  test("lie under its number, byte for byte, with what was compressed beforehand", async () => {
    const files = {
      "index.html": "<p>dua</p>",
      "index.html.br": "br",
      "index.html.gz": "gz",
      "sop.json": '{"versi":2}',
      "sop.json.br": "json br",
      "sop.csv": "no",
      "sop.bpmn": "<bpmn/>",
      "sop.pdf": "%PDF",
    };
    await site(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`sop/a/${name}`, text])),
    );
    expect(await run()).toBe("8 files");
    const copies = join(client, "sop/a/versi/2");
    expect((await readdir(copies)).sort()).toEqual(Object.keys(files).sort());
    for (const [name, text] of Object.entries(files)) {
      expect(await readFile(join(copies, name), "utf8")).toBe(text);
    }
  });

  test("leave an older version as it was built, and what belongs to no version where it lies", async () => {
    await site({
      "sop/a/index.html": "<p>dua</p>",
      "sop/a/sop.json": '{"versi":2}',
      "sop/a/tinjauan.ics": "BEGIN",
      "sop/a/versi/1/index.html": "<p>satu</p>",
      "sop/index.html": "<p>daftar</p>",
      "sop/lain/index.html": "<p>bukan SOP</p>",
    });
    await run();
    expect(await readFile(join(client, "sop/a/versi/1/index.html"), "utf8")).toBe("<p>satu</p>");
    expect(await readdir(join(client, "sop/a/versi/2"))).toEqual(["index.html", "sop.json"]);
    expect(await readdir(join(client, "sop/lain"))).toEqual(["index.html"]);
  });

  test("are made of every SOP, and leave a page that its version has of its own", async () => {
    const slugs = Array.from({ length: 30 }, (_, at) => `sop-${at}`);
    for (const slug of slugs) {
      await site({ [`sop/${slug}/index.html`]: slug, [`sop/${slug}/sop.json`]: '{"versi":1}' });
    }
    await site({ "sop/sop-7/versi/1/index.html": "lama" });
    expect(await run()).toBe("59 files");
    for (const slug of slugs) {
      const page = await readFile(join(client, `sop/${slug}/versi/1/index.html`), "utf8");
      expect(page).toBe(slug === "sop-7" ? "lama" : slug);
    }
  });

  test("stop the build where a twin names no version, since no address would then be right", async () => {
    await site({ "sop/a/index.html": "<p></p>", "sop/a/sop.json": "{}" });
    await expect(run()).rejects.toThrow(/names no version/);
  });

  test("need no SOP at all", async () => {
    expect(await run()).toBe("0 files");
  });
});
