/**
 * What a request is about, one server, application or database a row. On paper it is the "daftar
 * spesifikasi" of the letter; programs may send that list as one text instead.
 */
import type { FieldProblem } from "../errors.ts";
import type { FieldOption, FormValues } from "./form.ts";

export const SYSTEM_ROWS_MAX = 20;

/** Names of the three inputs of a row; each is sent once for every row, in order. */
export const ROW_FIELDS = {
  name: "sistemNama",
  kind: "sistemJenis",
  note: "sistemKeterangan",
} as const;

export const SYSTEM_KINDS: readonly FieldOption[] = [
  { value: "server", label: "Server" },
  { value: "server-virtual", label: "Server virtual (VPS/VM)" },
  { value: "aplikasi", label: "Aplikasi" },
  { value: "basis-data", label: "Basis data" },
];

export interface SystemRow {
  readonly name: string;
  readonly kind: string;
  readonly note: string;
}

const NAME_MAX = 120;
const NOTE_MAX = 240;

/** Rows as they were sent, blank ones included, so that a problem can name its place. */
export function rowsOf(values: FormValues): SystemRow[] {
  const all = (name: string): readonly string[] => [values[name] ?? []].flat();
  const [names, kinds, notes] = [all(ROW_FIELDS.name), all(ROW_FIELDS.kind), all(ROW_FIELDS.note)];
  const count = Math.max(names.length, kinds.length, notes.length);
  return Array.from({ length: count }, (_, at) => ({
    name: (names[at] ?? "").trim(),
    kind: (kinds[at] ?? "").trim(),
    note: (notes[at] ?? "").trim(),
  }));
}

export function isBlank({ name, kind, note }: SystemRow): boolean {
  return name === "" && kind === "" && note === "";
}

/** The same rows as form values. */
export function valuesOfRows(rows: readonly SystemRow[]): Record<string, string[]> {
  return {
    [ROW_FIELDS.name]: rows.map(({ name }) => name),
    [ROW_FIELDS.kind]: rows.map(({ kind }) => kind),
    [ROW_FIELDS.note]: rows.map(({ note }) => note),
  };
}

/** `sistem-2-nama`: the place of an input, by which a problem finds it. */
export function rowField(at: number, part: "nama" | "jenis" | "keterangan"): string {
  return `sistem-${at}-${part}`;
}

export function problemsOfRows(rows: readonly SystemRow[]): FieldProblem[] {
  const filled = rows.flatMap((row, at) => (isBlank(row) ? [] : [{ row, at }]));
  if (filled.length === 0) {
    return [
      { field: rowField(0, "nama"), pesan: "Isi nama server, aplikasi, atau basis data pertama." },
    ];
  }
  if (filled.length > SYSTEM_ROWS_MAX) {
    const field = rowField(filled[SYSTEM_ROWS_MAX]?.at ?? 0, "nama");
    return [
      {
        field,
        pesan: `Paling banyak ${SYSTEM_ROWS_MAX} baris. Ajukan sisanya dalam permohonan lain.`,
      },
    ];
  }
  return filled.flatMap(({ row, at }) => problemsOfRow(row, at));
}

function problemsOfRow({ name, kind, note }: SystemRow, at: number): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const tell = (part: "nama" | "jenis" | "keterangan", pesan: string): void => {
    problems.push({ field: rowField(at, part), pesan });
  };
  const no = at + 1;
  if (name === "") tell("nama", `Isi nama pada baris ${no}, atau hapus baris itu.`);
  if (name.length > NAME_MAX)
    tell("nama", `Nama pada baris ${no} paling banyak ${NAME_MAX} huruf.`);
  if (!SYSTEM_KINDS.some(({ value }) => value === kind))
    tell("jenis", `Pilih jenis pada baris ${no}.`);
  if (note.length > NOTE_MAX) {
    tell("keterangan", `Keterangan pada baris ${no} paling banyak ${NOTE_MAX} huruf.`);
  }
  return problems;
}

/** The rows as the text of the letter, a line each: "SIMPEG (Aplikasi): server web dan lampiran". */
export function specificationOf(rows: readonly SystemRow[]): string {
  return rows
    .filter((row) => !isBlank(row))
    .map(({ name, kind, note }) => {
      const label = SYSTEM_KINDS.find(({ value }) => value === kind)?.label;
      const line = [name, label && ` (${label})`, note && `: ${note}`].filter(Boolean).join("");
      return line.replace(/\s+/g, " ");
    })
    .join("\n");
}
