import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readFrontMatter } from "#catalog/front-matter.ts";

const content = join(import.meta.dirname, "..", "..", "content");
const dataOf = (yaml: string): unknown => {
  const read = readFrontMatter(`---\n${yaml}\n---\n`);
  if (!("data" in read)) throw new Error(read.map(({ pesan }) => pesan).join("\n"));
  return read.data;
};

describe("what stands between the lines of ---", () => {
  test("is read the same by the fast reader as by the one that explains, in all real content", async () => {
    const files = (await readdir(content, { recursive: true })).filter((file) =>
      file.endsWith(".md"),
    );
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const yaml = (await readFile(join(content, file), "utf8")).split(/^---$/m)[1] ?? "";
      expect(dataOf(yaml), file).toEqual(parse(yaml));
    }
  });

  test("follows YAML 1.2: dates, yes and clock times are text, numbers are numbers", () => {
    expect(
      dataOf("a: 2025-06-23\nb: yes\nc: 07:30\nd: 014\ne: 1_000\nf: 1.5\ng: ~\nh:\ni: 'it''s'"),
    ).toEqual({
      a: "2025-06-23",
      b: "yes",
      c: "07:30",
      d: 14,
      e: "1_000",
      f: 1.5,
      g: null,
      h: null,
      i: "it's",
    });
  });

  test("keeps folded and literal texts as they were written", () => {
    const yaml = "a: >-\n  satu\n  dua\n\n  tiga\nb: |\n  satu\n    dua\nc: satu\n  dua";
    expect(dataOf(yaml)).toEqual({ a: "satu dua\ntiga", b: "satu\n  dua\n", c: "satu dua" });
    expect(dataOf(yaml)).toEqual(parse(yaml));
  });

  test("may be empty", () => {
    expect(dataOf("")).toBeNull();
  });

  test("is told with its line where a key stands twice or a bracket is open", () => {
    expect(readFrontMatter("---\na: 1\nb: 2\na: 3\n---\n")).toEqual([
      { line: 4, pesan: expect.stringContaining("tertulis dua kali") },
    ]);
    expect(readFrontMatter("---\na: [1, 2\n---\n")).toEqual([
      { line: 3, pesan: expect.stringContaining("kurung") },
    ]);
  });
});
