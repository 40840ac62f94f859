import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..", "src");
const styles = join(root, "styles");
const read = (name: string): string => readFileSync(join(styles, name), "utf8");
const sheets = readdirSync(styles).filter((name) => name.endsWith(".css"));
const pages = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
  /\.(astro|ts)$/.test(path),
);
const importedBy = (text: string): string[] =>
  [...text.matchAll(/(?:^|\n)\s*@?import "(?:[./]*\/)?(?:styles\/)?([\w-]+\.css)"/g)].map(
    ([, name = ""]) => name,
  );
const layersOf = (css: string): string[] => [
  ...new Set([...css.matchAll(/@layer ([\w-]+) \{/g)].map(([, name = ""]) => name)),
];

/** What pages load beside global.css, which only the layout loads. */
const own = new Set(
  pages
    .flatMap((path) => importedBy(readFileSync(join(root, path), "utf8")))
    .filter((name) => name !== "global.css"),
);

describe("stylesheets", () => {
  it("tell the order of the layers in one file, which every loaded one reads first", () => {
    expect(sheets.filter((name) => /@layer [\w-]+,/.test(read(name)))).toEqual(["layers.css"]);
    expect(own.size).toBeGreaterThan(5);
    for (const name of ["global.css", ...own]) {
      expect(importedBy(read(name))[0], name).toBe("layers.css");
    }
  });

  it("have every layer in that order", () => {
    const [, order = ""] = /@layer ([^;]+);/.exec(read("layers.css")) ?? [];
    for (const name of sheets) {
      for (const layer of layersOf(read(name))) expect(order.split(", "), name).toContain(layer);
    }
  });

  it("give the same page whether a page's own come before or after the global ones", () => {
    const ofPages = new Set([...own].flatMap((name) => [name, ...importedBy(read(name))]));
    const ofAll = new Set(importedBy(read("global.css")));
    for (const name of ofPages) {
      if (name === "layers.css") continue;
      expect(ofAll.has(name), name).toBe(false);
      for (const layer of layersOf(read(name))) {
        expect(["tokens", "pages", "print"], name).toContain(layer);
      }
    }
    for (const name of ofAll) expect(layersOf(read(name)), name).not.toContain("pages");
  });

  it("are loaded for all pages by the layout alone", () => {
    const loaders = pages.filter((path) =>
      importedBy(readFileSync(join(root, path), "utf8")).includes("global.css"),
    );
    expect(loaders).toEqual(["layouts/Page.astro"]);
  });
});
