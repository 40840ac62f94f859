/** What is printed, read back by poppler as another program would. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { blocksOf, identityRows } from "#domain/sop/document.ts";
import type { Sop } from "#domain/sop/schema.ts";
import { sampleSop } from "#support/sample-sop.ts";
import { tempDir } from "#support/temp-dir.ts";
import { writeTwins } from "../../src/build/twins.ts";
import { type SopDocument, sopPdf } from "../../src/typst/sop-pdf.ts";

const content = join(import.meta.dirname, "..", "..", "content");
const origin = "https://sop.contoh.go.id";
const catalog = await loadCatalog(content);

function documentOf(sop: Sop, changes: Partial<SopDocument> = {}): SopDocument {
  return {
    sop,
    digest: "0123456789abcdef".repeat(4),
    agency: { nama: "Dinas Contoh", kop: ["PEMERINTAH CONTOH", "DINAS CONTOH"] },
    origin,
    published: "2026-11-22",
    status: null,
    ...changes,
  };
}

/** What a poppler program says of a PDF. */
function ask(program: "pdfinfo" | "pdftotext", pdf: Uint8Array, ...options: string[]): string {
  const output = program === "pdftotext" ? ["-", "-"] : ["-"];
  return execFileSync(program, [...options, ...output], {
    input: pdf,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Without white space and without the places where words may part. */
function plain(text: string): string {
  return text.replace(/[\s\u00AD\u200B]/gu, "");
}

/** The words of the tag tree, in the order in which a screen reader says them. */
function saidBy(pdf: Uint8Array): string {
  const lines = ask("pdfinfo", pdf, "-struct-text").split("\n");
  return plain(lines.flatMap((line) => /^\s*"(.*)"$/.exec(line)?.[1] ?? []).join(""));
}

/** Alternative texts, which Typst writes uncompressed. */
function alternativesIn(pdf: Uint8Array): string[] {
  const found = Buffer.from(pdf)
    .toString("latin1")
    .matchAll(/\/Alt \(((?:[^()\\]|\\.|\([^()]*\))*)\)/g);
  return [...found].map(([, text = ""]) => text);
}

interface Word {
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

function wordsOf(pdf: Uint8Array): Word[] {
  const pages = ask("pdftotext", pdf, "-bbox").split("<page ").slice(1);
  return pages.flatMap((page, at) =>
    [...page.matchAll(/<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>([^<]*)</g)].map(
      ([, x, y, text = ""]) => ({ page: at + 1, x: Number(x), y: Number(y), text }),
    ),
  );
}

/** 30 steps in 7 columns, in three groups; every fifth step decides and may send back. */
function longSop(): Sop {
  const columns = Array.from({ length: 7 }, (_, at) => `k${at}`);
  const template = sampleSop().langkah[0];
  return sampleSop({
    judul: "SOP panjang",
    jenisPermohonan: [],
    pelaksana: columns.map((id, at) => ({
      id,
      judul: `Pelaksana ke-${at + 1}`,
      peran: [{ id, judul: id, jabatan: ["staf"] }],
    })),
    langkah: Array.from({ length: 30 }, (_, row) => ({
      ...template,
      no: row + 1,
      uraian: `Melaksanakan kegiatan nomor ${row + 1} sesuai dengan ketentuan yang berlaku`,
      ...(row % 10 === 0 ? { grup: `Bagian ${row / 10 + 1}` } : {}),
      kolom: [columns[(row * 3) % 7]],
      simbol: row % 5 === 4 && row < 29 ? "keputusan" : "proses",
      tindakan: [],
      cabang:
        row % 5 === 4 && row < 29
          ? [
              { label: "Ya", ke: row + 2 },
              { label: "Tidak", ke: row === 14 ? 28 : Math.max(1, row - 8) },
            ]
          : [],
    })),
  });
}

describe.each([...catalog.sops.values()])("sop.pdf of $sop.slug", ({ sop, digest }) => {
  const agency = catalog.agencies.get(sop.instansi);
  const pdf = sopPdf(documentOf(sop, { digest, ...(agency ? { agency } : {}) }));
  const said = saidBy(pdf);

  test("is a tagged PDF/UA-1 file on F4 with title and language", () => {
    const info = ask("pdfinfo", pdf);
    expect(info).toMatch(/Tagged:\s+yes/);
    expect(info).toMatch(/Page size:\s+935\.43\d* x 609\.4\d* pts/);
    expect(info).toContain(sop.judul);
    const metadata = ask("pdfinfo", pdf, "-meta");
    expect(metadata).toContain("<pdfuaid:part>1</pdfuaid:part>");
    expect(metadata).toContain("<rdf:li>id-ID</rdf:li>");
    expect(Buffer.from(pdf).toString("latin1")).toContain("/Lang (id-ID)");
  });

  test("says identity, blocks and steps, all of them, in this order", () => {
    const words = [
      ...(agency?.kop ?? []),
      sop.judul,
      ...identityRows(sop).flatMap(({ label, value }) => [label, value ?? "–"]),
      ...blocksOf(sop).flatMap(({ title, items }) => [title, ...items.map(({ teks }) => teks)]),
      ...Object.values({ no: sop.kepalaTabel.no, kegiatan: sop.kepalaTabel.kegiatan }),
      sop.kepalaTabel.pelaksana,
      sop.kepalaTabel.mutuBaku,
      sop.kepalaTabel.keterangan,
      ...sop.pelaksana.map(({ judul }) => judul),
      sop.kepalaTabel.kelengkapan,
      sop.kepalaTabel.waktu,
      sop.kepalaTabel.output,
      ...sop.langkah.flatMap((step) => [
        String(step.no),
        step.uraian,
        step.kelengkapan.join(", ") || "–",
        step.waktu?.teks ?? "–",
        step.output.join(", ") || "–",
        step.keterangan ?? "–",
      ]),
    ];
    let at = 0;
    for (const one of words) {
      const found = said.indexOf(plain(one), at);
      expect(found, `"${one}" after ${said.slice(Math.max(0, at - 40), at)}`).toBeGreaterThan(-1);
      at = found + plain(one).length;
    }
  });

  test("keeps the editor's notes out of the official pages", () => {
    const pages = ask("pdftotext", pdf).split("\f").map(plain);
    const notes = pages.findIndex((page) =>
      page.includes(plain("Catatan penyunting (bukan bagian dari naskah)")),
    );
    expect(notes).toBeGreaterThan(1);
    for (const { teks } of sop.catatanPenyunting) {
      expect(pages.slice(notes).join("")).toContain(plain(teks).slice(0, 40));
      expect(pages.slice(0, notes).join("")).not.toContain(plain(teks).slice(0, 40));
    }
  });

  test("says on each page that it is an unsigned copy, of which title, version and digest", () => {
    const pages = ask("pdftotext", pdf).split("\f").slice(0, -1);
    pages.forEach((page, at) => {
      const text = plain(page);
      expect(text).toContain(plain("CONTOH – salinan tanpa tanda tangan"));
      expect(text).toContain(plain(sop.judul));
      expect(text).toContain(plain(`Versi ${sop.versi} · SHA-256 ${digest.slice(0, 16)}…`));
      expect(text).toContain(plain(`Halaman ${at + 1} dari ${pages.length}`));
      expect(text).not.toContain("BSrE");
    });
    expect(said).toContain(plain(`${origin}/sop/${sop.slug}/versi/${sop.versi}/`));
    expect(said).toContain(digest);
  });

  test("tells every symbol in words", () => {
    const symbols = sop.langkah.reduce((sum, step) => sum + step.kolom.length, 0);
    const told = alternativesIn(pdf).filter((text) =>
      /^(Mulai|Proses|Keputusan|Selesai)/.test(text),
    );
    expect(told).toHaveLength(symbols);
  });
});

test("the source's page break and its letter are kept", () => {
  const sop = catalog.sops.get("kukar-restore-vps-vm")?.sop;
  const letters = wordsOf(sopPdf(documentOf(sop ?? sampleSop()))).filter(
    ({ text, page }) => text === "A" && page <= 3,
  );
  expect(letters.map(({ page }) => page)).toEqual([2, 3]);
  expect(letters[0]?.y).toBeGreaterThan(letters[1]?.y ?? Number.POSITIVE_INFINITY);
  expect(letters[0]?.x).toBeCloseTo(letters[1]?.x ?? 0, 1);
});

describe("a long SOP", () => {
  const pdf = sopPdf(documentOf(longSop()));
  const words = wordsOf(pdf);
  const last = Math.max(...words.map(({ page }) => page));
  const letters = words.filter(({ text }) => /^[A-Z]{1,2}$/.test(text) && text !== "NO");
  const middle = 609.4 / 2;
  const at = (page: number, half: "head" | "foot") =>
    letters
      .filter((one) => one.page === page && (half === "head" ? one.y < middle : one.y > middle))
      .map(({ text, x }) => `${text} ${Math.round(x)}`)
      .sort();

  test("has every connector twice: at the foot of a page and in its column at the head of the next", () => {
    const tables = [...new Set(letters.map(({ page }) => page))];
    expect(tables.length).toBeGreaterThan(3);
    for (const page of tables) {
      if (page < last) expect(at(page, "foot"), `page ${page}`).toEqual(at(page + 1, "head"));
    }
    const breaks = tables.filter((page) => at(page, "foot").length > 0);
    expect(breaks).toHaveLength(tables.length - 1);
  });

  test("repeats the header on every page but says it once", () => {
    const heads = words.filter(({ text }) => text === "Kelengkapan");
    expect(new Set(heads.map(({ page }) => page)).size).toBe(heads.length);
    expect(heads.length).toBeGreaterThan(3);
    expect(saidBy(pdf).split("Kelengkapan")).toHaveLength(2);
  });

  test("names the connector in the words of both its ends", () => {
    const told = alternativesIn(pdf).filter((text) => /Penghubung halaman .*A/.test(text));
    expect(told).toHaveLength(2);
  });
});

describe("bytes", () => {
  test("are the same from the same data, whatever was compiled before", () => {
    const first = sopPdf(documentOf(sampleSop()));
    sopPdf(documentOf(longSop()));
    expect(Buffer.from(sopPdf(documentOf(sampleSop()))).equals(first)).toBe(true);
  });

  test("are others when a word changes", () => {
    const first = sopPdf(documentOf(sampleSop({ judul: "SOP satu" })));
    expect(Buffer.from(sopPdf(documentOf(sampleSop({ judul: "SOP dua" })))).equals(first)).toBe(
      false,
    );
  });
});

describe("unusual texts", () => {
  test("what looks like Typst is printed to the letter", () => {
    const hostile =
      '#panic("x") *tebal* _miring_ $x^2$ <label> @ref \\ // /* `kode` = judul -- ...';
    const sop = sampleSop({ judul: hostile, kualifikasi: [{ nomor: 1, teks: hostile }] });
    const langkah = sop.langkah.map((step) => ({ ...step, uraian: hostile, keterangan: hostile }));
    const pdf = sopPdf(documentOf({ ...sop, langkah }, { status: hostile }));
    const count = saidBy(pdf).split(plain(hostile)).length - 1;
    expect(count).toBeGreaterThanOrEqual(2 + 2 * langkah.length);
  });

  test("a step longer than a page is set smaller and loses no word", () => {
    const sop = sampleSop();
    const papers = Array.from({ length: 150 }, (_, at) => `dokumen persyaratan nomor ${at}`);
    const langkah = sop.langkah.map((step) =>
      step.no === 3 ? { ...step, kelengkapan: papers } : step,
    );
    const said = saidBy(sopPdf(documentOf({ ...sop, langkah })));
    expect(said).toContain(plain(papers.join(", ")));
  });

  test("a table without mutu baku has no columns for it", () => {
    const said = saidBy(sopPdf(documentOf(sampleSop({ tanpaMutuBaku: true }))));
    expect(said).not.toContain("Kelengkapan");
    expect(said).toContain("Ket");
  });

  test("printed numbers and groups stand where the source has them", () => {
    const sop = sampleSop();
    const langkah = sop.langkah.map((step, row) => ({
      ...step,
      nomorTercetak: `${row + 1}a`,
      ...(row === 2 ? { grup: "B. Pelaksanaan" } : {}),
    }));
    const said = saidBy(sopPdf(documentOf({ ...sop, langkah })));
    expect(said).toMatch(/2aLangkah2.*B\.Pelaksanaan3aLangkah3/);
  });

  test("a sign that no font has is named", () => {
    const print = () => sopPdf(documentOf(sampleSop({ judul: "SOP \u{1F600}" })));
    expect(print).toThrow(/sop\/contoh versi 1: Tanda ini tidak ada pada huruf cetak: \u{1F600}/u);
  });
});

describe("the build's step", () => {
  test("lays one file beside each version, lists them, and makes none twice", async () => {
    await using dir = await tempDir();
    const changed = join(dir.path, "content");
    await cp(content, changed, { recursive: true });
    const slug = "kukar-restore-vps-vm";
    const folder = join(changed, "sop", slug);
    const text = await readFile(join(folder, "sop.md"), "utf8");
    await writeFile(join(folder, "versi-1.md"), text);
    await writeFile(
      join(folder, "sop.md"),
      text.replace("versi: 1", "versi: 2").replace("1 Hari", "2 Hari"),
    );
    const life = await readFile(join(folder, "riwayat.md"), "utf8");
    await writeFile(
      join(folder, "riwayat.md"),
      life.replace(
        "pemantauan:",
        "  - versi: 2\n    diterbitkan: 2026-12-01\n    berlakuSejak: null\npemantauan:",
      ),
    );
    const build = (name: string, cache: string) =>
      writeTwins({
        client: join(dir.path, name),
        contentDir: changed,
        origin,
        cache: join(dir.path, cache),
      });
    expect(await build("one", "cache")).toEqual({ made: 3, kept: 0 });
    expect(await build("two", "cache")).toEqual({ made: 0, kept: 3 });
    expect(await build("cold", "other")).toEqual({ made: 3, kept: 0 });

    const manifest = await readFile(join(dir.path, "one", "manifes.json"), "utf8");
    expect(await readFile(join(dir.path, "cold", "manifes.json"), "utf8")).toBe(manifest);
    const entries = JSON.parse(manifest) as {
      versi: number;
      pdf: { path: string; sha256: string; bytes: number };
    }[];
    expect(entries.map(({ pdf }) => pdf.path)).toEqual([
      "/sop/kaltim-backup-restore-database/sop.pdf",
      `/sop/${slug}/versi/1/sop.pdf`,
      `/sop/${slug}/sop.pdf`,
    ]);
    for (const { pdf } of entries) {
      const bytes = await readFile(join(dir.path, "one", pdf.path));
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(pdf.sha256);
      expect(bytes.length).toBe(pdf.bytes);
    }
    const older = await readFile(join(dir.path, "one", `sop/${slug}/versi/1/sop.pdf`));
    expect(ask("pdftotext", older)).toContain("Bukan versi terbaru: sudah ada versi 2");
  });
});
