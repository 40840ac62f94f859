import { describe, expect, it } from "vitest";
import { Naskah } from "#catalog/naskah-schema.ts";
import { readLetter } from "#domain/letters/letter.ts";
import { letterNumber, problemOfFormat } from "#domain/letters/number.ts";
import { type Block, sheetOf } from "#domain/letters/sheet.ts";
import { letterTask } from "#domain/letters/task.ts";
import { DocumentKind, type Sop } from "#domain/sop/schema.ts";
import { sampleLetter } from "#support/sample-letter.ts";
import { scaffoldedSop } from "#support/scaffolded-sop.ts";

const parts = {
  sequence: 7,
  date: "2026-08-05",
  derajat: "B",
  klasifikasi: "000.6",
  unit: "Disdik",
};

describe("the number of a letter", () => {
  it("follows formats that regions really use", () => {
    const formats = {
      "{derajat}-{urut}/Diskominfo/{klasifikasi}/{bulan}/{tahun}": "B-7/Diskominfo/000.6/08/2026",
      "{derajat}/{urut:3}/{klasifikasi}/{unit}/{bulan-romawi}/{tahun}":
        "B/007/000.6/Disdik/VIII/2026",
      "800/{urut:3}/{tahun}": "800/007/2026",
    };
    for (const [format, number] of Object.entries(formats)) {
      expect(problemOfFormat(format)).toBeNull();
      expect(letterNumber(format, parts)).toBe(number);
    }
  });

  it("is refused in a format that would repeat itself or that nobody can fill", () => {
    for (const format of ["{urut}", "{tahun}", "{urut}/{tahun", "{urut}/{hari}/{tahun}"]) {
      expect(problemOfFormat(format), format).not.toBeNull();
    }
    const naskah = (format: string) =>
      Naskah.safeParse({ nomor: { laporan: { format } }, sumber: "CONTOH", diperiksa: null });
    expect(naskah("{urut}/{tahun}").success).toBe(true);
    expect(naskah("{derajat}-{urut}/{tahun}").success).toBe(false);
    expect(naskah("{urut}/{klasifikasi}/{tahun}").success).toBe(false);
  });
});

describe("who signs a letter", () => {
  const endorsed = (): Sop => {
    const sop = structuredClone(scaffoldedSop());
    const step = sop.langkah.find(({ tindakan }) =>
      tindakan.some(({ dokumen }) => dokumen === "laporan"),
    );
    const made = step?.tindakan.find(({ dokumen }) => dokumen === "laporan");
    if (!step || !made) throw new Error("the scaffold makes no report");
    step.tindakan.push({
      ...made,
      id: "sahkan",
      jenis: "pengesahan",
      dokumen: null,
      tugasAgen: null,
    });
    return sop;
  };
  const taskOf = (sop: Sop, id: string) => {
    const act = sop.langkah.flatMap(({ tindakan }) => tindakan).find((one) => one.id === id);
    if (!act) throw new Error(`no act ${id}`);
    return letterTask(sop, act);
  };
  const reporter = (sop: Sop): string =>
    sop.langkah.flatMap(({ tindakan }) => tindakan).find(({ dokumen }) => dokumen === "laporan")
      ?.id ?? "";

  it("is its maker, where the step goes on to nobody's approval", () => {
    const sop = scaffoldedSop();
    expect(taskOf(sop, reporter(sop))).toEqual({ does: "sign", kind: "laporan" });
  });

  it("is whoever approves it in the same step; its maker only initials it", () => {
    const sop = endorsed();
    expect(taskOf(sop, reporter(sop))).toEqual({ does: "initial", kind: "laporan" });
    expect(taskOf(sop, "sahkan")).toEqual({
      does: "endorse",
      kind: "laporan",
      madeBy: reporter(sop),
    });
  });
});

describe("the sheet of a letter", () => {
  const texts = (value: unknown): string => JSON.stringify(value);

  it("never says certified of what no certificate of the state signed", () => {
    const said = (changes: Parameters<typeof sampleLetter>[0]) =>
      texts(sheetOf(sampleLetter(changes)));
    const signed = { state: "ditandatangani", signedWith: "bsre-v1" } as const;
    expect(said({ ...signed, sample: false })).toContain("Balai Besar Sertifikasi Elektronik");
    for (const other of [
      {},
      { sample: false },
      { ...signed, sample: true },
      { state: "ditandatangani", signedWith: "local-test", sample: false } as const,
    ]) {
      expect(said(other)).not.toContain("Balai Besar");
    }
  });

  it("says on every letter that is a sample or unsigned that it is", () => {
    const mark = (changes: Parameters<typeof sampleLetter>[0]) =>
      sheetOf(sampleLetter(changes)).mark;
    expect(mark({})).toBe("CONTOH – BELUM DITANDATANGANI");
    expect(mark({ sample: false })).toBe("BELUM DITANDATANGANI");
    expect(mark({ state: "ditandatangani", signedWith: "local-test", sample: false })).toBe(
      "CONTOH – TANDA TANGAN UJI",
    );
    expect(mark({ state: "diparaf", sample: false })).toBe("KONSEP – DIPARAF");
    expect(mark({ state: "ditandatangani", signedWith: "bsre-v1", sample: false })).toBeNull();
  });

  it("shows what nobody gave as a dash and invents nothing", () => {
    for (const kind of DocumentKind.options) {
      const bare = sampleLetter({ kind, number: null, sifat: null, conclusion: null, rows: [] });
      const sheet = sheetOf({ ...bare, evidence: [], activities: [], attachments: [], chain: [] });
      expect(texts([sheet.head, sheet.blocks, sheet.heading])).not.toMatch(/null|undefined/);
      if (sheet.shape === "judul") expect(sheet.heading[1]).toBe("NOMOR –");
      const number = sheet.head.find(({ label }) => label === "Nomor");
      if (number) expect(number.value).toBe("–");
    }
  });

  it("shows a chain of disposisi, the earlier ones first", () => {
    const letter = sampleLetter({
      kind: "disposisi",
      to: ["JFT"],
      chain: [
        {
          from: "Kepala Dinas",
          to: ["Kepala Bidang"],
          date: "2026-11-22",
          instruction: "x",
          by: "A",
        },
      ],
    });
    const table = sheetOf(letter).blocks.find((block: Block) => block.type === "table");
    expect(table).toMatchObject({
      head: ["Kepada", "Dari", "Tanggal", "Paraf"],
      rows: [
        ["Kepala Bidang", "Kepala Dinas", "22 November 2026", "A"],
        ["JFT", "Plt. Kepala Dinas", "23 November 2026", "CONTOH Pejabat"],
      ],
    });
  });

  it("ticks what was asked, and only that", () => {
    const rows = [
      {
        name: "harap",
        label: "Dengan hormat harap",
        value: "Proses lebih lanjut; Koordinasi/konfirmasikan",
      },
    ];
    const ticks = sheetOf(sampleLetter({ kind: "disposisi", rows })).blocks.find(
      (block: Block) => block.type === "ticks",
    );
    expect(ticks?.type === "ticks" && ticks.items.map(({ ticked }) => ticked)).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe("a letter of the first version", () => {
  it("is still read, without what it did not know", () => {
    const first = {
      v: 1,
      kind: "disposisi",
      title: "Lembar disposisi",
      sample: true,
      agency: { id: "contoh", letterhead: ["PEMERINTAH CONTOH", "DINAS CONTOH"] },
      sop: { slug: "contoh", title: "SOP CONTOH", digest: "a".repeat(64) },
      ref: "AB2-CD3-EF4",
      number: null,
      at: "2026-11-23T01:00:00.000Z",
      date: "2026-11-23",
      from: "CONTOH Pejabat, Kepala Dinas",
      to: ["Kepala Bidang"],
      rows: [{ label: "Instruksi", value: "Kerjakan" }],
      evidence: [],
      attachments: [],
    };
    const letter = readLetter(first);
    expect(letter).toMatchObject({ v: 2, number: null, signer: { name: "CONTOH Pejabat" } });
    expect(sheetOf(letter).heading).toEqual(["LEMBAR DISPOSISI"]);
    expect(() => readLetter({ ...first, v: 3 })).toThrow();
  });
});
