import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isRule } from "#catalog/file-rules.ts";
import { lintContent, type Remark } from "#catalog/lint-content.ts";

const content = fileURLToPath(new URL("../../content", import.meta.url));
const KALTIM = "sop/kaltim-backup-restore-database";
const KUKAR = "sop/kukar-restore-vps-vm";
const TODAY = { today: "2026-11-22" };

const places = (remarks: readonly Remark[], file: string): string[] =>
  remarks
    .filter((remark) => remark.file.startsWith(file))
    .map(
      ({ aturan, trail, diketahui }) => `${aturan} ${trail}${diketahui === null ? "" : " (known)"}`,
    );

describe("the content of this portal", () => {
  test("has no mistakes, and for each SOP the advice that an editor would give", async () => {
    const { remarks } = await lintContent(content, TODAY);
    expect(remarks.filter(({ tingkat }) => tingkat === "galat")).toEqual([]);
    expect(places(remarks, KALTIM)).toEqual([
      "peraturan-dicabut dasarHukum ke-3 (known)",
      "nomor-butir peralatan ke-3 › nomor (known)",
      "uraian-menyebut-pelaksana langkah ke-1 › uraian",
      "output-kosong langkah ke-1 › output (known)",
      "uraian-menyebut-pelaksana langkah ke-2 › uraian",
      "uraian-menyebut-pelaksana langkah ke-3 › uraian",
      "uraian-menyebut-pelaksana langkah ke-4 › uraian",
      "uraian-menyebut-pelaksana langkah ke-5 › uraian",
    ]);
    expect(places(remarks, KUKAR)).toEqual([
      "pemantauan-lewat pemantauan",
      "evaluasi-lewat evaluasi",
      "judul-peraturan dasarHukum ke-2 › teks (known)",
      "kelengkapan-kosong langkah ke-1 › kelengkapan",
      "kelengkapan-kosong langkah ke-2 › kelengkapan",
      "kelengkapan-kosong langkah ke-3 › kelengkapan",
      "output-kosong langkah ke-3 › output",
      "uraian-tanpa-kata-kerja langkah ke-4 › uraian",
      "output-kosong langkah ke-4 › output",
      "output-kosong langkah ke-8 › output",
    ]);
  });

  test("is judged on the day it is told", async () => {
    const { remarks } = await lintContent(content, { today: "2025-12-23" });
    expect(places(remarks, `${KUKAR}/riwayat.md`)).toEqual([]);
  });

  test("is told by the line on which it stands", async () => {
    const { remarks } = await lintContent(content, TODAY);
    const lines = (await readFile(join(content, KUKAR, "sop.md"), "utf8")).split("\n");
    const verb = remarks.find(({ aturan }) => aturan === "uraian-tanpa-kata-kerja");
    expect(lines[(verb?.line ?? 0) - 1]).toContain("Pengecekan File Backup");
  });
});

describe("a content folder that cannot be loaded", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulih-lint-"));
    await cp(content, dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true }));

  const edit = async (file: string, from: string, to: string): Promise<void> => {
    const text = await readFile(join(dir, file), "utf8");
    if (!text.includes(from)) throw new Error(`${file} does not hold: ${from}`);
    await writeFile(join(dir, file), text.replace(from, to));
  };
  const mistakes = async (): Promise<string[]> =>
    (await lintContent(dir, TODAY)).remarks
      .filter(({ tingkat }) => tingkat === "galat")
      .map(({ file, line, aturan }) => `${file}:${line} ${aturan}`);

  test("is told mistake by mistake, and the rest of it is still judged", async () => {
    await edit(`${KALTIM}/sop.md`, "versi: 1", "versi: [");
    await edit("instansi/kukar.md", "zona: Asia/Makassar", "zona: WITA\nzone: WITA");
    expect(await mistakes()).toEqual([
      expect.stringMatching(new RegExp(`^${KALTIM}/sop\\.md:\\d+ data-tak-terbaca$`)),
      "instansi/kukar.md:7 bentuk-data",
      "instansi/kukar.md:8 kunci-tak-dikenal",
    ]);
    const { remarks } = await lintContent(dir, TODAY);
    expect(places(remarks, KUKAR).length).toBeGreaterThan(5);
  });

  test("is told the folder that is missing, not every reference into it", async () => {
    await rm(join(dir, "instansi"), { recursive: true });
    expect(await mistakes()).toEqual(["instansi/:null folder-tak-ada"]);
    await rm(join(dir, "sop"), { recursive: true });
    expect((await mistakes()).sort()).toEqual([
      "instansi/:null folder-tak-ada",
      "sop/:null folder-tak-ada",
    ]);
  });

  test("is told which duties one person alone would have to do", async () => {
    await edit(`${KALTIM}/sop.md`, "jabatan: [pemeriksa]", "jabatan: [pengelola]");
    expect(await mistakes()).toEqual([]);
    await edit(
      "instansi/kaltim.md",
      "judul: Pengelola TIK",
      "judul: Pengelola TIK\n    tunggal: true",
    );
    expect(await mistakes()).toEqual([
      expect.stringMatching(/^sop\/kaltim-.*\/sop\.md:\d+ pemisahan-mustahil$/),
    ]);
  });

  test("gives no advice on older versions, nor on an SOP that ended", async () => {
    const text = await readFile(join(dir, KUKAR, "sop.md"), "utf8");
    await writeFile(join(dir, KUKAR, "versi-1.md"), text);
    await edit(`${KUKAR}/sop.md`, "versi: 1", "versi: 2");
    await edit(
      `${KUKAR}/riwayat.md`,
      "pemantauan: []",
      "  - versi: 2\n    diterbitkan: 2026-11-23\n    berlakuSejak: null\npemantauan: []",
    );
    const twice = (await lintContent(dir, TODAY)).remarks;
    expect(places(twice, `${KUKAR}/versi-1.md`)).toEqual([]);
    expect(places(twice, `${KUKAR}/sop.md`).length).toBeGreaterThan(5);
    await edit(
      `${KUKAR}/riwayat.md`,
      "status: berlaku",
      "status: dicabut\npencabutan: { sejak: 2026-11-24, dasar: null, alasan: CONTOH }",
    );
    expect(places((await lintContent(dir, TODAY)).remarks, KUKAR)).toEqual([]);
  });
});

describe("the guide to SOPs", () => {
  test("explains only rules that there are", async () => {
    const guide = await readFile(join(content, "panduan/menambah-instansi-dan-sop.md"), "utf8");
    const table = /\| Aturan \|[\s\S]*?\n\n/.exec(guide)?.[0] ?? "";
    const named = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id ?? "");
    expect(named.length).toBeGreaterThan(10);
    for (const id of named) expect(isRule(id), id).toBe(true);
  });
});
