import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runPulih } from "#support/pulih-command.ts";

const content = fileURLToPath(new URL("../../content", import.meta.url));
const KUKAR = "kukar-restore-vps-vm";

describe("pulih sop lint", () => {
  let dir: string;
  let data: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulih-lint-"));
    data = await mkdtemp(join(tmpdir(), "pulih-data-"));
    await cp(content, dir, { recursive: true });
  });
  afterAll(async () => {
    for (const folder of [dir, data]) await rm(folder, { recursive: true, force: true });
  });

  const lint = (...args: string[]) =>
    runPulih(["sop", "lint", ...args], { PULIH_CONTENT: dir, PULIH_DATA: data });
  const day = ["--hari-ini", "2026-11-22"];

  it("tells file, line, rule, why and how, counts at the end, and succeeds with warnings", async () => {
    const { code, out, err } = await lint(KUKAR, ...day);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(
      [
        "  peringatan uraian-tanpa-kata-kerja",
        "    PermenPANRB 35/2012 meminta kegiatan ditulis aktif: kata kerja di depan, tanpa subjek.",
        "    baris 236 langkah ke-4 › uraian: Uraian langkah 4 tidak diawali kata kerja aktif",
      ].join("\n"),
    );
    expect(out).toContain("  diketahui judul-peraturan\n");
    expect(out).toContain(
      "      Catatan penyunting: Judul resmi Undang-Undang Nomor 27 Tahun 2022",
    );
    expect(out).toMatch(
      /\n0 galat, \d+ peringatan, 1 sudah diketahui \(ada catatan penyunting\)\. .*\n$/,
    );
    expect(out).not.toContain("kaltim");
  });

  it("opens no database", async () => {
    await lint(...day);
    expect(await readdir(data)).toEqual([]);
  });

  it("fails on warnings when it is to be strict, with the code of the error table", async () => {
    expect((await lint(KUKAR, ...day, "--ketat")).code).toBe(2);
  });

  it("answers in the shape that the guide shows", async () => {
    const guide = await readFile(join(content, "panduan/menambah-instansi-dan-sop.md"), "utf8");
    const shown = JSON.parse(/```json\n([\s\S]*?)```/.exec(guide)?.[1] ?? "") as Answer;
    const { code, out } = await lint("--json", ...day);
    const answer = JSON.parse(out) as Answer;
    expect(code).toBe(0);
    expect(Object.keys(answer)).toEqual(Object.keys(shown));
    const keys = (one: object | undefined) => Object.keys(one ?? {}).sort();
    expect(keys(answer.remarks[0])).toEqual(keys(shown.remarks[0]));
    expect(answer.warnings + answer.known).toBe(answer.remarks.length);
  });

  it("names the folders there are for one that is not, and a date for what is none", async () => {
    const absent = await lint("tidak-ada");
    expect(absent.code).toBe(4);
    expect(absent.err).toContain("Folder sop/tidak-ada tidak ada. Tulis salah satu dari: kaltim-");
    const dated = await lint("--hari-ini", "kemarin");
    expect([dated.code, dated.err]).toEqual([2, expect.stringContaining("TTTT-BB-HH")]);
  });

  it("reports what is broken where the portal itself could not start", async () => {
    const file = join(dir, "sop", KUKAR, "sop.md");
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.replace("oleh: jft", "oleh: camat").replace("versi: 1", "versi: [1"),
    );
    const { code, out } = await lint(...day);
    expect(code).toBe(2);
    expect(out).toContain("  galat data-tak-terbaca\n");
    await writeFile(file, text.replace("oleh: jft", "oleh: camat"));
    const mended = await lint(KUKAR, ...day);
    expect(mended.code).toBe(2);
    expect(mended.out).toContain('Peran "camat" tidak ada.');
    expect(mended.out).toContain("1 galat, ");
    await writeFile(file, text);
  });
});

interface Answer {
  readonly warnings: number;
  readonly known: number;
  readonly remarks: readonly object[];
}
