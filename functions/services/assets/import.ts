import { eq } from "drizzle-orm";
import type { Statement } from "#db/client.ts";
import { assetChanges, assets } from "#db/schema/assets.ts";
import { changesBetween, readAsset } from "#domain/assets/asset.ts";
import { AppError, type FieldProblem } from "#domain/errors.ts";
import type { Deps } from "../deps.ts";
import { reportedTargets } from "../jobs/reported-targets.ts";
import { readCode } from "./code.ts";
import type { AssetRow } from "./connected.ts";
import { type CsvRow, readCsv } from "./read-csv.ts";
import { changeStatement, newAsset, takenCodes, writeAssets } from "./register.ts";
import type { ImportReport, ImportRow } from "./views.ts";

type ImportDeps = Pick<Deps, "db" | "catalog" | "now" | "newId" | "randomBytes">;

/** Rows of one INSERT: below SQLite's bound of variables. */
const ROWS_A_STATEMENT = 500;

/**
 * What a register file would do, row by row; with `save` it is done, all of it or, where one row is
 * refused, nothing (ASSET_IMPORT). A row with a code is that asset; without one it is the asset of
 * the same name and owner, or a new one.
 */
export async function importAssets(
  deps: ImportDeps,
  input: {
    readonly agency: string;
    readonly bytes: Uint8Array;
    readonly by: string;
    readonly save: boolean;
  },
): Promise<ImportReport> {
  const planned = await planImport(deps, input.agency, readCsv(input.bytes));
  const report = reportOf(planned);
  if (!input.save) return report;
  if (report.counts.ditolak > 0) {
    throw new AppError("ASSET_IMPORT", `${report.counts.ditolak} rows refused`, {
      problems: report.rows.flatMap(({ line, problems }) =>
        problems.map(({ field, pesan }) => ({ field, pesan: `Baris ${line}, ${field}: ${pesan}` })),
      ),
    });
  }
  await writeAssets(deps, await statementsOf(deps, input, planned));
  return { ...report, saved: true };
}

interface PlannedRow extends ImportRow {
  readonly before: AssetRow | null;
  readonly facts: ReturnType<typeof readAsset>["facts"];
  readonly active: boolean;
}

async function planImport(
  deps: ImportDeps,
  agency: string,
  rows: readonly CsvRow[],
): Promise<PlannedRow[]> {
  const known = await deps.db.orm.select().from(assets).where(eq(assets.agency, agency));
  const byCode = new Map(known.map((row) => [row.code, row]));
  const byName = new Map(known.map((row) => [nameKey(row.name, row.owner), row]));
  const reported = await reportedTargets(deps, agency);
  // Targets after the file: what it does not name keeps its own.
  const holders = new Map(known.flatMap((row) => (row.alias ? [[row.alias, row.code]] : [])));
  const seen = new Set<string>();
  const planned = rows.map((row): PlannedRow => {
    const { cells, line } = row;
    const typed = cells["kode"] ?? "";
    const key = nameKey(cells["nama"] ?? "", cells["pemilik"] ?? "");
    const before = (typed === "" ? byName.get(key) : byCode.get(readCode(typed) ?? "")) ?? null;
    const problems: FieldProblem[] = [];
    if (typed !== "" && before === null) {
      problems.push({
        field: "kode",
        pesan: "Kode ini tidak ada di register. Kosongkan bila baru.",
      });
    }
    const identity = before?.code ?? key;
    if (seen.has(identity)) {
      problems.push({ field: "nama", pesan: "Aset ini sudah ada pada baris lain berkas ini." });
    }
    seen.add(identity);
    const active = (cells["status"] ?? "").toLowerCase() !== "nonaktif";
    if (!["", "aktif", "nonaktif"].includes((cells["status"] ?? "").toLowerCase())) {
      problems.push({ field: "status", pesan: "Tulis aktif atau nonaktif." });
    }
    const read = readAsset(lowered(cells), null);
    problems.push(...read.problems);
    const alias = read.facts?.alias ?? null;
    if (alias !== null && alias !== before?.alias && !reported.has(alias)) {
      problems.push({
        field: "sasaran",
        pesan: `Tidak ada agen yang melaporkan sasaran ${alias}.`,
      });
    }
    if (before?.alias && read.facts) holders.delete(before.alias);
    const name = cells["nama"] ?? "";
    const common = { line, code: before?.code ?? null, name, before, active, problems };
    if (problems.length > 0 || !read.facts) {
      return { ...common, verdict: "ditolak", columns: [], facts: null };
    }
    const facts = active ? read.facts : { ...read.facts, alias: null };
    const columns = Object.keys(changesBetween(before, facts));
    if (before && (before.status === "aktif") !== active) columns.push("status");
    const verdict = before === null ? "baru" : columns.length === 0 ? "sama" : "diubah";
    return { ...common, facts, columns: before ? columns : [], verdict };
  });
  return planned.map((row) => refusedIfTaken(row, holders));
}

/** One target stands for one asset, in the file and beside it. */
function refusedIfTaken(row: PlannedRow, holders: Map<string, string>): PlannedRow {
  const alias = row.facts?.alias ?? null;
  if (alias === null) return row;
  const holder = holders.get(alias);
  if (holder === undefined) {
    holders.set(alias, `baris ${row.line}`);
    return row;
  }
  const problem = { field: "sasaran", pesan: `Sasaran ${alias} sudah dipakai ${holder}.` };
  return { ...row, verdict: "ditolak", columns: [], facts: null, problems: [problem] };
}

async function statementsOf(
  deps: ImportDeps,
  { agency, by }: { readonly agency: string; readonly by: string },
  planned: readonly PlannedRow[],
): Promise<Statement[]> {
  const { orm } = deps.db;
  const taken = await takenCodes(deps);
  const released: Statement[] = [];
  const statements: Statement[] = [];
  const entered: AssetRow[] = [];
  for (const { facts, before, active, verdict } of planned) {
    if (!facts || verdict === "sama") continue;
    if (before === null) {
      const row = newAsset(deps, { agency, facts, by }, taken);
      taken.add(row.code);
      entered.push(active ? row : { ...row, status: "nonaktif" });
      continue;
    }
    // Targets that change hands are let go before anybody takes them.
    if (before.alias !== null && before.alias !== facts.alias) {
      released.push(orm.update(assets).set({ alias: null }).where(eq(assets.id, before.id)));
    }
    const status = active ? "aktif" : "nonaktif";
    const changes = {
      ...changesBetween(before, facts),
      ...(before.status === status ? {} : { status: [before.status, status] as const }),
    };
    statements.push(
      orm
        .update(assets)
        .set({ ...facts, status })
        .where(eq(assets.id, before.id)),
      changeStatement(deps, before.id, { by, how: "diimpor", changes }),
    );
  }
  const at = deps.now().toISOString();
  for (let from = 0; from < entered.length; from += ROWS_A_STATEMENT) {
    const rows = entered.slice(from, from + ROWS_A_STATEMENT);
    statements.push(
      orm.insert(assets).values(rows),
      orm.insert(assetChanges).values(
        rows.map((row) => ({
          id: deps.newId(),
          asset: row.id,
          at,
          by,
          how: "diimpor" as const,
          changes: changesBetween(null, row),
        })),
      ),
    );
  }
  return [...released, ...statements];
}

function reportOf(planned: readonly PlannedRow[]): ImportReport {
  const counts = { baru: 0, diubah: 0, sama: 0, ditolak: 0 };
  for (const { verdict } of planned) counts[verdict] += 1;
  return {
    counts,
    saved: false,
    rows: planned.map(({ line, code, name, verdict, problems, columns }) => ({
      line,
      code,
      name,
      verdict,
      problems,
      columns,
    })),
  };
}

function nameKey(name: string, owner: string): string {
  return `${name.toLowerCase()}\n${owner.toLowerCase()}`;
}

/** Kinds and categories are read whatever their case. */
function lowered(cells: Readonly<Record<string, string>>): Record<string, string> {
  const lower = (name: string) => (cells[name] ?? "").toLowerCase();
  return { ...cells, jenis: lower("jenis"), kategori: lower("kategori") };
}
