import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import { type ServiceData, ServiceSchema } from "#catalog/service-schema.ts";
import { AppError } from "#domain/errors.ts";
import type { LifeCycle } from "#domain/sop/life-cycle.ts";
import { sampleSop } from "#support/sample-sop.ts";
import { tempDir } from "#support/temp-dir.ts";
import {
  announcedMaklumat,
  type ComponentId,
  filledText,
  isFilled,
  requirementsOf,
  standardOf,
  standardTimeText,
} from "../../src/components/service-standard.ts";

const content = join(import.meta.dirname, "..", "..", "content");
const life: LifeCycle = {
  status: "berlaku",
  digantiOleh: null,
  digantiSejak: null,
  pencabutan: null,
  versi: [{ versi: 1, diterbitkan: "2026-01-15", berlakuSejak: null, catatan: null }],
  pemantauan: [],
  evaluasi: [],
};
const agencyOnly: readonly ComponentId[] = [
  "biaya",
  "pengawasanInternal",
  "pengaduan",
  "jumlahPelaksana",
  "jaminanPelayanan",
  "jaminanKeamanan",
  "evaluasiKinerja",
];
const service = (given: Partial<Record<keyof ServiceData, unknown>> = {}): ServiceData =>
  ServiceSchema.parse(given);
const componentsOf = (sop = sampleSop(), given: ServiceData | null = null) =>
  new Map(standardOf({ sop, life }, given).map((one) => [one.id, one]));

describe("the standard of a service", () => {
  it("has fourteen components in the order of the law", () => {
    expect(standardOf({ sop: sampleSop(), life }, null).map(({ title }) => title)).toEqual([
      "Dasar hukum",
      "Persyaratan",
      "Sistem, mekanisme, dan prosedur",
      "Jangka waktu penyelesaian",
      "Biaya/tarif",
      "Produk pelayanan",
      "Sarana, prasarana, dan/atau fasilitas",
      "Kompetensi pelaksana",
      "Pengawasan internal",
      "Penanganan pengaduan, saran, dan masukan",
      "Jumlah pelaksana",
      "Jaminan pelayanan",
      "Jaminan keamanan dan keselamatan pelayanan",
      "Evaluasi kinerja pelaksana",
    ]);
  });

  it("takes from the SOP what the SOP says, to the letter and with its place", async () => {
    const { sops } = await loadCatalog(content);
    for (const { sop, life } of sops.values()) {
      const own = new Map(standardOf({ sop, life }, null).map((one) => [one.id, one]));
      const words = (id: ComponentId) => own.get(id)?.fromSop?.lines.map(({ teks }) => teks);
      expect(words("dasarHukum")).toEqual(sop.dasarHukum.map(({ teks }) => teks));
      expect(words("sarana")).toEqual(sop.peralatan.map(({ teks }) => teks));
      expect(words("kompetensi")).toEqual(sop.kualifikasi.map(({ teks }) => teks));
      expect(words("persyaratan")).toEqual(requirementsOf(sop));
      expect(words("jangkaWaktu")).toEqual([standardTimeText(sop)]);
      expect(own.get("sarana")?.fromSop?.lines.map(({ nomor }) => nomor)).toEqual(
        sop.peralatan.map(({ nomor }) => nomor),
      );
      expect(own.get("dasarHukum")?.fromSop?.lines.map(({ law }) => law)).toEqual(
        sop.dasarHukum.map(({ rujukan }) => rujukan),
      );
      expect(own.get("prosedur")?.fromSop?.anchor).toBe("prosedur");
    }
  });

  it("names every output with its step", () => {
    const [first, ...rest] = sampleSop().langkah;
    if (!first) throw new Error("the sample has no step");
    const sop = sampleSop({
      langkah: [first, ...rest.map((step) => ({ ...step, output: [`Hasil ${step.no}`] }))],
    });
    const lines = componentsOf(sop)
      .get("produk")
      ?.fromSop?.lines.map(({ teks }) => teks);
    expect(lines?.[0]).toBe("Hasil 2 (langkah 2)");
    expect(lines).toHaveLength(rest.length);
  });

  it("leaves empty what neither the SOP nor the agency says", () => {
    const empty = componentsOf();
    for (const id of [...agencyOnly, "dasarHukum", "sarana", "kompetensi", "produk"] as const) {
      expect(empty.get(id), id).toMatchObject({ fromSop: null, fromAgency: null });
    }
    expect(filledText([...empty.values()])).toBe("2 dari 14 komponen terisi");
    expect([...empty.values()].filter(isFilled).map(({ id }) => id)).toEqual([
      "prosedur",
      "jangkaWaktu",
    ]);
  });

  it("is not filled by a file in which nothing is decided", () => {
    const none = Object.fromEntries(agencyOnly.map((id) => [id, null]));
    expect(componentsOf(sampleSop(), service(none))).toEqual(componentsOf());
  });

  it("shows what the agency decided beside the words of the SOP", () => {
    const decided = service({ biaya: ["Rp0 (CONTOH)"], jangkaWaktu: ["2 hari kerja (CONTOH)"] });
    const own = componentsOf(sampleSop(), decided);
    expect(own.get("biaya")).toMatchObject({ fromAgency: ["Rp0 (CONTOH)"], remark: null });
    expect(own.get("jangkaWaktu")?.fromAgency).toEqual(["2 hari kerja (CONTOH)"]);
    expect(own.get("jangkaWaktu")?.fromSop).not.toBeNull();
    expect(filledText([...own.values()])).toBe("3 dari 14 komponen terisi");
  });

  it("does not take the reviews of the SOP for those of the people", () => {
    const evaluation = componentsOf().get("evaluasiKinerja");
    expect(evaluation).toMatchObject({ fromSop: null, fromAgency: null });
    expect(evaluation?.remark).toContain(
      "pemantauan paling lambat 15 Juli 2026 dan evaluasi paling lambat 15 Januari 2027",
    );
  });

  it("has no time where no step has one, and names the steps without", () => {
    const { langkah } = sampleSop();
    const untimed = langkah.map((step) => ({ ...step, waktu: null }));
    expect(standardTimeText({ langkah: untimed })).toBeNull();
    expect(componentsOf(sampleSop({ langkah: untimed })).get("jangkaWaktu")?.fromSop).toBeNull();
    expect(standardTimeText({ langkah: [...untimed.slice(0, 1), ...langkah.slice(1)] })).toBe(
      "2 jam, jumlah waktu baku 5 langkah (langkah 1 tanpa waktu baku)",
    );
  });

  it("says so where the output of step 1 stands for its requirements", () => {
    const [first, ...rest] = sampleSop().langkah;
    if (!first) throw new Error("the sample has no step");
    const withOutput = { ...first, output: ["Surat"] };
    const borrowed = componentsOf(sampleSop({ langkah: [withOutput, ...rest] })).get("persyaratan");
    expect(borrowed?.fromSop?.lines.map(({ teks }) => teks)).toEqual(["Surat"]);
    expect(borrowed?.remark).toContain("SOP tidak mengisi kelengkapan langkah 1");
    const own = { ...withOutput, kelengkapan: ["Formulir"] };
    expect(componentsOf(sampleSop({ langkah: [own, ...rest] })).get("persyaratan")).toMatchObject({
      fromSop: { lines: [{ teks: "Formulir" }] },
      remark: null,
    });
  });
});

describe("a maklumat", () => {
  const whole = {
    teks: ["Kami melayani (CONTOH)."],
    tanggal: "2026-03-02",
    penandaTangan: "Kepala CONTOH",
  };

  it("is announced with its text, its day and the one who signed", () => {
    expect(announcedMaklumat(service({ maklumat: whole }))).toEqual(whole);
  });

  it.each(["teks", "tanggal", "penandaTangan"])("without %s is none", (key) => {
    expect(announcedMaklumat(service({ maklumat: { ...whole, [key]: null } }))).toBeNull();
  });

  it("is none where the agency has no file", () => {
    expect(announcedMaklumat(null)).toBeNull();
    expect(announcedMaklumat(service())).toBeNull();
  });
});

describe("files of services", () => {
  const problemsOf = async (name: string, text: string) => {
    await using dir = await tempDir();
    await cp(content, dir.path, { recursive: true });
    await writeFile(join(dir.path, "layanan", name), text);
    const failure: unknown = await loadCatalog(dir.path).catch((error: unknown) => error);
    if (!(failure instanceof AppError)) throw new Error(`no AppError: ${String(failure)}`);
    return failure.problems;
  };

  it("of the sources decide nothing that the sources do not say", async () => {
    const { services } = await loadCatalog(content);
    expect(services.size).toBe(2);
    for (const one of services.values()) {
      expect(one.penetapan).toBeNull();
      expect(announcedMaklumat(one)).toBeNull();
      for (const id of agencyOnly) expect(one[id], id).toBeNull();
    }
  });

  it("need not be there", async () => {
    await using dir = await tempDir();
    await cp(content, dir.path, { recursive: true });
    await rm(join(dir.path, "layanan"), { recursive: true });
    expect((await loadCatalog(dir.path)).services.size).toBe(0);
  });

  it("must be named after an SOP", async () => {
    const problems = await problemsOf("tidak-ada.md", "---\nbiaya: null\n---\n");
    expect(problems).toEqual([
      {
        field: "layanan/tidak-ada.md:1",
        pesan: expect.stringMatching(
          /^SOP "tidak-ada" tidak ada di portal ini\. Namai berkas ini menurut salah satu dari: /,
        ),
      },
    ]);
  });

  it("are told by line and key what to write", async () => {
    const [slug] = (await loadCatalog(content)).services.keys();
    const text = "---\nbiaya: Gratis\nongkos: null\n---\n";
    expect(await problemsOf(`${slug}.md`, text)).toEqual([
      expect.objectContaining({ field: `layanan/${slug}.md:2 biaya` }),
      expect.objectContaining({ field: `layanan/${slug}.md:3 ongkos` }),
    ]);
  });
});
