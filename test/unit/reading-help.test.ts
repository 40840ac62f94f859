import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PAGE_PATH_LENGTH_MAX, publicPageOf } from "#domain/public-page.ts";
import {
  digestInFragment,
  entriesOf,
  type ManifestEntry,
  verdictOnData,
  verdictOnFile,
  verdictOnPrint,
} from "../../src/scripts/verdicts.ts";

const source = (path: string): string =>
  readFileSync(join(import.meta.dirname, "..", "..", "src", path), "utf8");

describe("a page that readers may speak of", () => {
  it.each([
    ["/sop/contoh-satu/", { kind: "sop", id: "contoh-satu", versi: null }],
    ["/sop/contoh-satu/versi/12/", { kind: "sop", id: "contoh-satu", versi: 12 }],
    ["/dasar-hukum/uu-14-2008/", { kind: "law", id: "uu-14-2008" }],
    ["/panduan/pemohon/", { kind: "guide", id: "pemohon" }],
  ])("is told by its address: %s", (path, page) => {
    expect(publicPageOf(path)).toEqual(page);
  });

  it.each([
    "",
    "/",
    "/sop/",
    "/sop/contoh",
    "/sop/Contoh/",
    "/sop/a/versi/0/",
    "/sop/a/formulir/",
    "/lacak/?nomor=1",
    "/panduan/pemohon/?x=1",
    "/panduan/pemohon/#x",
    "/panduan/pemohon/\n",
    "//situs.lain/sop/a/",
    "https://situs.lain/sop/a/",
    "/sop/../panduan/pemohon/",
    `/sop/${"a".repeat(PAGE_PATH_LENGTH_MAX)}/`,
  ])("is no other text: %j", (path) => {
    expect(publicPageOf(path)).toBeNull();
  });
});

describe("what is said of a copy", () => {
  const digest = (letter: string): string => letter.repeat(64);
  const entry = (slug: string, versi: number, letter: string): ManifestEntry => ({
    slug,
    versi,
    digest: digest(letter),
    pdf: { path: `/sop/${slug}/sop.pdf`, sha256: digest(letter).replaceAll(letter, `${versi}`) },
  });
  const shown = { slug: "contoh", versi: 2, digest: digest("b") };
  const entries = [entry("contoh", 1, "a"), entry("contoh", 2, "b"), entry("lain", 7, "c")];

  it("reads a digest from the printed address, and tells a damaged one from none", () => {
    expect(digestInFragment(`#sha256=${digest("A")}`)).toBe(digest("a"));
    expect(digestInFragment("#sha256=abc")).toBe("");
    expect(digestInFragment("#sha256=")).toBe("");
    expect(digestInFragment("#keaslian")).toBeNull();
    expect(digestInFragment("")).toBeNull();
  });

  it("tells a print of this version, of another one, of another SOP, and of none", () => {
    const on = (printed: string, list: typeof entries | null = entries) =>
      verdictOnPrint(shown, printed, list);
    expect(on(digest("b"))).toMatchObject({ tone: "positive", text: /^Cocok: .*versi 2/ });
    expect(on(digest("a"))).toMatchObject({
      tone: "negative",
      link: { href: "/sop/contoh/versi/1/", text: "Buka versi 1" },
    });
    expect(on(digest("c"))).toMatchObject({
      tone: "negative",
      link: { href: "/sop/lain/versi/7/" },
    });
    expect(on(digest("d"))).toMatchObject({ tone: "negative", link: null });
    expect(on(digest("d")).text).toMatch(/Jangan dipakai; hubungi dinas/);
    expect(on("")).toMatchObject({ tone: "negative", link: null });
  });

  it("needs no list to know its own digest, and admits what it cannot know without one", () => {
    expect(verdictOnPrint(shown, digest("b"), null).tone).toBe("positive");
    const other = verdictOnPrint(shown, digest("a"), null);
    expect(other.tone).toBe("negative");
    expect(other.text).toContain("daftar versi lain tidak dapat dimuat");
    expect(verdictOnFile(shown, digest("2"), null).tone).toBe("plain");
  });

  it("tells the PDF of this version from that of another one and from an altered one", () => {
    expect(verdictOnFile(shown, digest("2"), entries).text).toMatch(/^Cocok: /);
    expect(verdictOnFile(shown, digest("1"), entries).link?.href).toBe("/sop/contoh/versi/1/");
    expect(verdictOnFile(shown, digest("7"), entries).text).toContain("SOP lain");
    expect(verdictOnFile(shown, digest("9"), entries).text).toMatch(/Jangan dipakai; hubungi/);
  });

  it("says whether the published data are those of the page", () => {
    expect(verdictOnData(shown, digest("b")).tone).toBe("positive");
    expect(verdictOnData(shown, digest("a"))).toMatchObject({ tone: "negative" });
  });

  it("takes from a manifest what holds, and nothing from what is none", () => {
    expect(entriesOf({ entries: [...entries, null, { slug: 1 }, "x"] })).toEqual(entries);
    expect(entriesOf(entries)).toEqual(entries);
    for (const none of [null, undefined, "x", {}, { entries: {} }]) {
      expect(entriesOf(none)).toBeNull();
    }
  });
});

describe("the worker for reading offline", () => {
  const worker = source("public/luring.js");

  it("is at most 2 kB", () => {
    expect(Buffer.byteLength(worker)).toBeLessThanOrEqual(2_048);
  });

  it("knows copies by the names under which the pages save them", () => {
    const names = (text: string) => [
      /PREFIX = "(.+)"/.exec(text)?.[1],
      /LIST = "(.+)"/.exec(text)?.[1],
    ];
    expect(names(worker)).toEqual(names(source("scripts/offline-store.ts")));
    expect(names(worker)).not.toContain(undefined);
    const [, header = "?"] = /SAVED_AT = "(.+)"/.exec(source("scripts/offline-store.ts")) ?? [];
    expect(worker).toContain(`headers.get("${header}")`);
  });
});
