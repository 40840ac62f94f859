/**
 * What it costs to make the public figures after a thousand requests and after a million, and what the
 * same figures cost when they are counted from the requests themselves.
 *
 *   npm run bench:transparency -- [--json]
 *
 * Ours reads the stored cells, protects and publishes. The peer answers counts and medians by SQL over
 * `requests` and `step_log`, and protects nothing.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { type Catalog, type CatalogSop, loadCatalog } from "#catalog/load.ts";
import { type Database, openDatabase } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import { performanceRows } from "#domain/transparency/rows.ts";
import { transparencySummary } from "#functions/services/transparency/summary.ts";
import { cellsOfHistory, type History, storeCells, storeRows } from "#support/simulated-history.ts";
import { tempDir } from "#support/temp-dir.ts";
import { printReport, type Row, rows } from "../report.ts";

const ROUNDS = 5;
const NOW = new Date("2026-11-23T01:00:00Z");
const catalog = await loadCatalog(join(import.meta.dirname, "..", "..", "..", "content"));
const entry = [...catalog.sops.values()][0];
if (!entry) throw new Error("there is no SOP in content");

const few = await measureCells(catalog, entry, 1_000);
const many = await measureCells(catalog, entry, 1_000_000);
const counted = [await measureRows(entry, 1_000), await measureRows(entry, 100_000)] as const;

printReport(
  `Public figures of ${entry.sop.slug}, ten years`,
  [
    ...rows("read, 1,000 requests", "ms", few.readMs, null, [
      { name: "SQL over requests", value: counted[0].ms },
    ]),
    ...rows("read, 1,000,000 requests", "ms", many.readMs, null, [
      { name: "SQL over requests, 100,000", value: counted[1].ms },
    ]),
    ...rows("make all figures, 1,000 requests", "ms", few.madeMs),
    ...rows("make all figures, 1,000,000 requests", "ms", many.madeMs),
    ...size("stored, 1,000 requests", few.bytes, counted[0].bytes, "rows of 1,000"),
    ...size("stored, 1,000,000 requests", many.bytes, counted[1].bytes, "rows of 100,000"),
    ...rows("cells of 1,000,000 per cell of 1,000", "×", many.cells / few.cells),
    ...rows("rows of open data, 1,000,000 requests", "rows", many.dataRows),
  ],
  true,
);

function size(measure: string, ours: number, peer: number, name: string): Row[] {
  return rows(measure, "kB", ours / 1_000, null, [{ name, value: peer / 1_000 }]);
}

function historyOf({ sop }: CatalogSop, count: number): History {
  return {
    slug: sop.slug,
    agency: sop.instansi,
    versi: sop.versi,
    steps: sop.langkah.map(({ no }) => ({ no, standard: no === 1 ? null : 60 })),
    from: "2017-01-05",
    to: "2026-11-01",
    count,
    seed: 1,
    offsetMinutes: 480,
  };
}

async function measureCells(catalog: Catalog, entry: CatalogSop, count: number) {
  say(`${count} requests as cells`);
  const cells = cellsOfHistory(historyOf(entry, count));
  return withDatabase(async (db, file) => {
    await storeCells(db, cells);
    const deps = { db, catalog, now: () => NOW, settings: settings() };
    const readMs = await best(() => db.orm.run(sql`SELECT * FROM service_cells`));
    const madeMs = await best(() => transparencySummary(deps));
    const dataRows = performanceRows(await transparencySummary(deps)).length;
    return { readMs, madeMs, bytes: await bytesOf(db, file), cells: cells.length, dataRows };
  });
}

async function measureRows(entry: CatalogSop, count: number) {
  say(`${count} requests as rows`);
  return withDatabase(async (db, file) => {
    await storeRows(db, historyOf(entry, count));
    const ms = await best(() => countAll(db));
    return { ms, bytes: await bytesOf(db, file) };
  });
}

/** Counts by quarter, kind and reason, and the median and nine in ten of every step and quarter. */
async function countAll({ orm }: Database): Promise<void> {
  const quarter = (column: string) =>
    sql.raw(
      `strftime('%Y', ${column}, '+480 minutes') || '-T' || ((strftime('%m', ${column}, '+480 minutes') + 2) / 3)`,
    );
  await orm.run(
    sql`SELECT ${quarter("submitted_at")} AS q, kind, count(*) FROM requests GROUP BY q, kind`,
  );
  await orm.run(
    sql`SELECT ${quarter("closed_at")} AS q, status, refusal, count(*) FROM requests WHERE closed_at IS NOT NULL GROUP BY q, status, refusal`,
  );
  await orm.run(sql`WITH ranked AS (
    SELECT ${quarter("closed_at")} AS q, step, working_minutes AS m, on_time,
      row_number() OVER (PARTITION BY ${quarter("closed_at")}, step ORDER BY working_minutes) AS place,
      count(*) OVER (PARTITION BY ${quarter("closed_at")}, step) AS size
    FROM step_log WHERE outcome = 'closed' AND working_minutes IS NOT NULL)
    SELECT q, step, sum(on_time), max(CASE WHEN place = (size + 1) / 2 THEN m END),
      max(CASE WHEN place = (size * 9 + 9) / 10 THEN m END) FROM ranked GROUP BY q, step`);
}

async function withDatabase<T>(use: (db: Database, file: string) => Promise<T>): Promise<T> {
  await using directory = await tempDir();
  const file = join(directory.path, "bench.db");
  const db = await openDatabase({ url: `file:${file}` });
  try {
    await migrate(db);
    return await use(db, file);
  } finally {
    db.close();
  }
}

async function bytesOf({ orm }: Database, file: string): Promise<number> {
  await orm.run(sql`PRAGMA wal_checkpoint(TRUNCATE)`);
  return (await stat(file)).size;
}

/** The shortest of some rounds, in milliseconds. */
async function best(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return Math.min(...times);
}

function settings() {
  return { oidcName: null, sample: false, pollHoldMs: 0, leaseMs: 0, lostAfterMs: 0 };
}

function say(line: string): void {
  console.error(`bench:transparency: ${line}`);
}
