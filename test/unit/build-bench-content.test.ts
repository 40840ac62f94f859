import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import { generate } from "../bench/site/generate.ts";

const COUNT = 120;

describe("the content that builds are measured with", () => {
  let dir: string;
  let catalog: Catalog;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulih-bench-"));
    await generate(join(dir, "one"), COUNT);
    catalog = await loadCatalog(join(dir, "one"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test("holds as real content must, and as many SOPs as were asked for", () => {
    expect(catalog.sops.size).toBe(COUNT);
  });

  test("has the size and shape of real procedures", () => {
    const sops = [...catalog.sops.values()].map(({ sop }) => sop);
    for (const sop of sops) {
      expect(sop.langkah.length).toBeGreaterThanOrEqual(8);
      expect(sop.langkah.length).toBeLessThanOrEqual(14);
      expect(sop.pelaksana.length).toBeGreaterThanOrEqual(3);
      expect(sop.pelaksana.length).toBeLessThanOrEqual(6);
      const back = sop.langkah.filter(({ no, cabang }) => cabang.some(({ ke }) => ke < no));
      expect(back.length).toBeGreaterThan(0);
    }
    const services = sops.filter((sop) => sop.jenisPermohonan.length > 0);
    expect(services.length).toBeGreaterThan(COUNT / 10);
    expect(services.length).toBeLessThan(COUNT / 2);
    const revised = [...catalog.sops.values()].filter(({ versions }) => versions.length > 1);
    expect(revised.length).toBeGreaterThan(0);
    expect(revised.length).toBeLessThan(COUNT / 5);
  });

  test("is the same on every machine for one seed, and another for another", async () => {
    await generate(join(dir, "again"), COUNT);
    await generate(join(dir, "other"), COUNT, 2);
    const read = async (name: string) => {
      const files = (await readdir(join(dir, name), { recursive: true }))
        .filter((file) => file.endsWith(".md"))
        .sort();
      const texts = await Promise.all(files.map((file) => readFile(join(dir, name, file), "utf8")));
      return files.map((file, at) => `${file}\n${texts[at]}`).join("\n");
    };
    const first = await read("one");
    expect((await read("again")) === first).toBe(true);
    expect((await read("other")) === first).toBe(false);
  });
});
