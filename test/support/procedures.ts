import fc from "fast-check";
import type { Procedure } from "#diagram/grid.ts";
import type { SopStep } from "#domain/sop/schema.ts";

interface Extras {
  readonly branches?: Readonly<Record<number, SopStep["cabang"]>>;
  readonly connectors?: Readonly<Record<number, SopStep["konektor"]>>;
}

/** A procedure with a step for each list of columns; columns are those named, in order of first use. */
export function procedureOf(steps: readonly (readonly string[])[], extras: Extras = {}): Procedure {
  const ids = [...new Set(steps.flat())];
  return {
    pelaksana: ids.map((id) => ({
      id,
      judul: id.toUpperCase(),
      peran: [{ id, judul: id.toUpperCase(), jabatan: [id], pemohon: false }],
    })),
    langkah: steps.map((kolom, row): SopStep => {
      const cabang = extras.branches?.[row] ?? [];
      const edge = row === 0 || row === steps.length - 1;
      return {
        no: row + 1,
        uraian: `Langkah ${row + 1}`,
        kolom: [...kolom],
        simbol: cabang.length > 0 ? "keputusan" : edge ? "terminator" : "proses",
        konektor: extras.connectors?.[row] ?? null,
        kelengkapan: [],
        waktu: null,
        output: [],
        keterangan: null,
        cabang,
        tindakan: [
          {
            id: `t${row + 1}`,
            jenis: "disposisi",
            oleh: kolom[0] ?? "a",
            judul: "Kerjakan",
            kepada: [],
            dokumen: null,
            lampiran: [],
            tugasAgen: null,
            memilihSasaran: false,
            membekukan: false,
            bedaOrangDari: [],
          },
        ],
      };
    }),
  };
}

/** Up to 12 steps in up to 8 columns; some shared, some decisions with exits to any other step. */
export const anyProcedure: fc.Arbitrary<Procedure> = fc
  .record({ columns: fc.integer({ min: 1, max: 8 }), rows: fc.integer({ min: 1, max: 12 }) })
  .chain(({ columns, rows }) =>
    fc.record({
      steps: fc.array(
        fc.uniqueArray(
          fc.integer({ min: 0, max: columns - 1 }).map((at) => `k${at}`),
          { minLength: 1, maxLength: 3 },
        ),
        { minLength: rows, maxLength: rows },
      ),
      exits: fc.array(
        fc.option(fc.tuple(fc.integer({ min: 1, max: rows }), fc.integer({ min: 1, max: rows })), {
          freq: 4,
        }),
        { minLength: rows, maxLength: rows },
      ),
    }),
  )
  .map(({ steps, exits }) => {
    const branches = Object.fromEntries(
      exits.flatMap((exit, row): [number, SopStep["cabang"]][] => {
        const [yes, no] = exit ?? [];
        // A decision has two different exits, neither to itself.
        if (yes === undefined || no === undefined || yes === no) return [];
        if (yes === row + 1 || no === row + 1) return [];
        return [
          [
            row,
            [
              { label: "Ya", ke: yes },
              { label: "Tidak", ke: no },
            ],
          ],
        ];
      }),
    );
    return procedureOf(steps, { branches });
  });
