import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Catalog, loadCatalog } from "#catalog/load.ts";
import { AppError } from "#domain/errors.ts";
import { canonicalJson, sha256Hex } from "#domain/trust/canonical.ts";

const content = fileURLToPath(new URL("../../content", import.meta.url));

describe("the catalog", () => {
  let catalog: Catalog;
  beforeEach(async () => {
    catalog = await loadCatalog(content, { requiredYears: [2024, 2025, 2026, 2027] });
  });

  test("holds both SOPs, their agencies, twelve laws and four years of holidays", () => {
    expect([...catalog.sops.keys()]).toEqual([
      "kaltim-backup-restore-database",
      "kukar-restore-vps-vm",
    ]);
    expect([...catalog.agencies.keys()]).toEqual(["kaltim", "kukar"]);
    expect([...catalog.laws.keys()]).toEqual([
      "peraturan-bssn-10-2019",
      "peraturan-bssn-4-2021",
      "perbup-kukar-34-2025",
      "perbup-kukar-36-2025",
      "perbup-kukar-61-2023",
      "permenkominfo-7-2013",
      "permenpanrb-35-2012",
      "pp-71-2019",
      "pp-82-2012",
      "uu-14-2008",
      "uu-25-2009",
      "uu-27-2022",
    ]);
    expect([...catalog.holidays.keys()]).toEqual([2024, 2025, 2026, 2027]);
  });

  test("has a guide for each kind of user", () => {
    expect(new Set([...catalog.guides.values()].map((guide) => guide.untuk))).toEqual(
      new Set(["pemohon", "pejabat", "operator", "auditor", "admin"]),
    );
    for (const guide of catalog.guides.values()) {
      expect(guide.body.split("\n").length).toBeLessThanOrEqual(220);
    }
  });

  test("gives the same digest for the same file, and it is the hash of the canonical bytes", async () => {
    const again = await loadCatalog(content);
    for (const [slug, { digest, bytes, sop }] of catalog.sops) {
      expect(again.sops.get(slug)?.digest).toBe(digest);
      expect(bytes).toBe(canonicalJson(sop));
      expect(await sha256Hex(bytes)).toBe(digest);
    }
  });

  test("knows the 17 holidays and 8 cuti bersama of 2026 and takes them off every calendar", () => {
    const days = catalog.holidays.get(2026)?.hari ?? [];
    expect(days.filter((day) => day.jenis === "libur_nasional")).toHaveLength(17);
    expect(days.filter((day) => day.jenis === "cuti_bersama")).toHaveLength(8);
    for (const { calendar } of catalog.agencies.values()) {
      expect(calendar.daysOff.has("2026-12-24")).toBe(true);
      expect(calendar.daysOff.size).toBe(108);
    }
  });

  test("puts both agencies on WITA with 450 minutes a day", () => {
    for (const { calendar } of catalog.agencies.values()) {
      expect([calendar.offsetMinutes, calendar.minutesPerDay]).toEqual([480, 450]);
    }
  });

  test("says PP 82/2012 is revoked by PP 71/2019 and calls no unchecked law in force", () => {
    expect(catalog.laws.get("pp-82-2012")).toMatchObject({
      status: "dicabut",
      digantiOleh: "pp-71-2019",
    });
    for (const law of catalog.laws.values()) {
      if (law.diperiksaPada !== null) continue;
      expect(law.status).toBe("belum_diverifikasi");
      expect(law.catatan).toContain("elum diverifikasi");
    }
  });

  test("marks working hours and holidays nobody compared with their source", () => {
    for (const agency of catalog.agencies.values()) {
      for (const hours of agency.jamKerja.filter((entry) => entry.diperiksa === null)) {
        expect(hours.catatan).toContain("elum diverifikasi");
      }
    }
    expect(catalog.holidays.get(2027)?.catatan).toContain("perkiraan");
  });
});

describe("the versions of an SOP", () => {
  const FOLDER = "sop/kukar-restore-vps-vm";
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulih-catalog-"));
    await cp(content, dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const file = (name: string): string => join(dir, FOLDER, name);
  const change = async (name: string, from: string, to: string): Promise<void> => {
    await writeFile(file(name), (await readFile(file(name), "utf8")).replace(from, to));
  };
  /** A second version; the first one lies beside it under `older`. */
  const second = async (older: string): Promise<void> => {
    await cp(file("sop.md"), file(older));
    await change("sop.md", "versi: 1", "versi: 2");
    await change("sop.md", "teks: 10 Menit", "teks: 20 Menit");
    await change(
      "riwayat.md",
      "pemantauan: []",
      "  - versi: 2\n    diterbitkan: 2027-01-04\n    berlakuSejak: null\npemantauan: []",
    );
  };
  const problems = async (): Promise<string[]> => {
    const failure = await loadCatalog(dir).catch((error: unknown) => error);
    if (!(failure instanceof AppError)) throw new Error("nothing is wrong");
    return failure.problems.map(({ field, pesan }) => `${field.split(":")[0]}: ${pesan}`);
  };

  test("are all kept, the oldest first, each with its own digest", async () => {
    const before = (await loadCatalog(dir)).sops.get("kukar-restore-vps-vm");
    await second("versi-1.md");
    const after = (await loadCatalog(dir)).sops.get("kukar-restore-vps-vm");
    expect(after?.versions.map(({ sop }) => sop.versi)).toEqual([1, 2]);
    expect(after?.versions[0]?.digest).toBe(before?.digest);
    expect(after?.digest).toBe(after?.versions[1]?.digest);
    expect(after?.digest).not.toBe(before?.digest);
  });

  test("keep their digest when the SOP is withdrawn", async () => {
    const before = (await loadCatalog(dir)).sops.get("kukar-restore-vps-vm");
    await change(
      "riwayat.md",
      "status: berlaku",
      "status: dicabut\npencabutan: { sejak: 2027-01-01, dasar: null, alasan: CONTOH }",
    );
    const after = (await loadCatalog(dir)).sops.get("kukar-restore-vps-vm");
    expect([after?.life.status, after?.digest]).toEqual(["dicabut", before?.digest]);
  });

  test("that riwayat.md names must lie in the folder, and no others", async () => {
    await second("versi-1.md");
    await rm(file("versi-1.md"));
    expect((await problems())[0]).toContain("Versi 1 harus ada tepat satu");
    await mkdir(file("sub"), { recursive: true });
    await cp(join(content, FOLDER, "sop.md"), file("versi-7.md"));
    expect((await problems()).join(" ")).toContain("Versi harus sama dengan nama berkas");
  });
});
