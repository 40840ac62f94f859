import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const styles = join(import.meta.dirname, "..", "..", "src", "styles");
const read = (name: string): string => readFileSync(join(styles, name), "utf8");

type Scheme = 0 | 1;
type Colours = ReadonlyMap<string, readonly [light: string, dark: string]>;

const COLOUR =
  /--ina-([\w-]+):\s*(?:light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)|(#[0-9a-f]{6}));/g;

function coloursOf(css: string): Colours {
  return new Map(
    [...css.matchAll(COLOUR)].map(([, name = "", light = "", dark = "", both]) => [
      name,
      [both ?? light, both ?? dark],
    ]),
  );
}

const base = coloursOf(read("tokens.css").split("@media")[0] ?? "");
const brands = new Map<string, Colours>([["biru", new Map()]]);
for (const [, name = "", body = ""] of read("brand.css").matchAll(
  /\[data-merek="(\w+)"\] \{([^}]+)\}/g,
)) {
  brands.set(name, coloursOf(body));
}

/** WCAG 2.2: relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const TEXT: readonly (readonly [text: string, ground: string])[] = [
  ...["content-primary", "content-secondary", "content-brand"].flatMap((text) =>
    ["background-primary", "background-secondary", "background-brand"].map(
      (ground) => [text, ground] as const,
    ),
  ),
  ...["negative", "notice", "positive"].flatMap((tone) => [
    [`content-${tone}`, `background-${tone}`] as const,
    [`content-${tone}`, "background-primary"] as const,
    ["content-primary", `background-${tone}`] as const,
  ]),
  ["content-on-brand", "button-primary"],
  ["content-on-brand", "button-primary-hover"],
];
const LINES: readonly (readonly [line: string, ground: string])[] = [
  ["stroke-brand", "background-primary"],
  ["stroke-brand", "background-brand"],
  ["stroke-strong", "background-primary"],
];

describe.each([...brands])("brand %s", (_, own) => {
  const colour = (name: string, scheme: Scheme): string => {
    const found = (own.get(name) ?? base.get(name))?.[scheme];
    if (!found) throw new Error(`no colour ${name}`);
    return found;
  };

  it.each(["light", "dark"] as const)("keeps AA contrast in %s", (name) => {
    const scheme = name === "light" ? 0 : 1;
    const weak = (pairs: typeof TEXT, least: number): string[] =>
      pairs.flatMap(([front, ground]) => {
        const ratio = contrast(colour(front, scheme), colour(ground, scheme));
        return ratio < least ? [`${front} on ${ground}: ${ratio.toFixed(2)}`] : [];
      });
    expect([...weak(TEXT, 4.5), ...weak(LINES, 3)]).toEqual([]);
  });
});

it("offers every colour that an agency may choose", () => {
  expect([...brands.keys()].sort()).toEqual(["biru", "hijau", "jingga", "merah", "toska", "ungu"]);
});
