/**
 * Secrets are planted wherever the database takes text: by requests that are walked to their end and by
 * a row in every table. Then everything that anybody may fetch is fetched, and nothing is found.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Column, getTableColumns, getTableName, is, isNotNull } from "drizzle-orm";
import { getTableConfig, type SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as schema from "#db/schema/index.ts";
import { DATASETS } from "#domain/transparency/datasets.ts";
import type { RequestView } from "#domain/workflow/view.ts";
import { readSettings } from "#functions/env.ts";
import { type RunningServer, startServer } from "#functions/http/server.ts";
import { setSigner } from "#functions/services/signing/set-signer.ts";
import { assertBuilt, client, dist } from "#support/built-site.ts";
import { type LogLine, openTestPortal, type TestPortal } from "#support/server.ts";
import { cellsOfHistory, storeCells } from "#support/simulated-history.ts";
import {
  decide,
  KALTIM,
  KUKAR,
  look,
  Office,
  type Submitted,
  sopOf,
  submit,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

const MARK = "bocor";
/** Host, address, person, NIP, e-mail, file, words of a letter: as they would really stand there. */
const SECRETS = {
  nama: "Bocor Nama Pemohon",
  nip: "198501012010011001",
  surel: "bocor.orang@opd.contoh.go.id",
  opd: "Bocor Perangkat Daerah",
  nomorSurat: "BOCOR/001/2026",
  spesifikasi: "db-bocor.internal 10.20.30.40 /srv/bocor/arsip.db NIP 198501012010011001",
  alasan: "Bocor isi surat: server utama diretas",
};
const ALIASES = ["alias-bocor-satu", "alias-bocor-dua"];
/** Of a preview, which only officials are shown. */
const TABLE = "skema.bocor_pegawai";
const NIK = "6400000000000001";
const FOUND = /bocor|10\.20\.30\.40|198501012010011001|6400000000000001|diretas/i;

let portal: TestPortal;
let server: RunningServer;
let submitted: Submitted[];
let codes: string[];
const log: LogLine[] = [];

beforeAll(async () => {
  assertBuilt();
  portal = await openTestPortal({ env: { PULIH_TTE: "local-test" } });
  const office = new Office(portal);
  const agent = await hireAgent(portal, ALIASES);
  submitted = [];
  for (const slug of [KALTIM, KUKAR]) {
    const jenis = sopOf(portal, slug).jenisPermohonan[0] ?? "restore";
    await walk(office, KALTIM, await submit(portal, KALTIM, { ...SECRETS, jenis: "backup" }), {
      targets: ALIASES.slice(0, 1),
      agent,
    });
    await agent.poll({ catalog: true, capacity: 0 });
    const open = await submit(portal, slug, {
      ...SECRETS,
      jenis,
      alasan: `${SECRETS.alasan} ${slug}`,
    });
    submitted.push(open);
  }
  submitted.push(await previewed(office, agent));
  codes = await signWith(office, submitted);
  for (const [at, slug] of [KALTIM, KUKAR].entries()) {
    const { instansi, versi, langkah } = sopOf(portal, slug);
    const steps = langkah.map(({ no }) => ({ no, standard: 30 }));
    const span = { from: "2025-01-05", to: "2026-09-20", count: 300, seed: at, offsetMinutes: 480 };
    const cells = cellsOfHistory({ slug, agency: instansi, versi, steps, ...span });
    await storeCells(portal.deps.db, cells);
  }
  const settings = readSettings(
    {
      PULIH_DATA: portal.pathOf("."),
      PULIH_PORT: "0",
      PULIH_DIST: dist,
      PULIH_LIMIT_TRACK: "1000",
    },
    join(import.meta.dirname, "..", ".."),
  );
  server = await startServer(settings, {
    now: portal.clock.now,
    log: (event, detail = {}) => log.push({ event, detail }),
  });
  // A server reads its calendars once, and would not start on what is planted there.
  await plantRows(portal);
}, 120_000);

afterAll(async () => {
  await server?.close();
  await portal?.[Symbol.asyncDispose]();
});

/** A restore whose preview named a table, with its follow-ups still to come. */
async function previewed({ portal }: Office, agent: ScriptedAgent): Promise<Submitted> {
  const office = new Office(portal);
  const given = { ...SECRETS, jenis: "restore", alasan: `${SECRETS.alasan} pratinjau` };
  const request = await submit(portal, KALTIM, given);
  const targets = ALIASES.slice(0, 1);
  const until = (view: RequestView) => view.next?.phase === "start";
  await walk(office, KALTIM, request, { targets, agent, until });
  agent.preview = { ...agent.preview, units: [{ name: TABLE, added: 1, changed: 2, lost: 3 }] };
  const { next, head } = await look(portal, request.ref, { code: request.code });
  const doer = await office.of(sopOf(portal, KALTIM), next?.role ?? "");
  const asked = { decision: "preview", act: next?.act, seen: head };
  expect((await decide(portal, request.ref, doer, asked)).status).toBe(200);
  await agent.work();
  const seen = await look(portal, request.ref, doer);
  expect(JSON.stringify(seen.preview), "officials are told the table").toContain(TABLE);
  const mine = await look(portal, request.ref, { code: request.code });
  expect(JSON.stringify(mine), "the pemohon is not").not.toContain(TABLE);
  return request;
}

/** Gives an official a NIK and types a passphrase; returns the codes of the letters signed so far. */
async function signWith({ portal }: Office, open: readonly Submitted[]): Promise<string[]> {
  const { person, cookie } = await portal.official("kaltim", "pemeriksa");
  await setSigner(portal.deps, { person, nip: SECRETS.nip, rank: "Bocor", nik: NIK, by: person });
  for (const { ref } of open) {
    await portal.fetch(`/api/requests/${ref}/decisions`, {
      method: "POST",
      headers: { cookie, accept: "text/html" },
      body: new URLSearchParams({ decision: "perform", frasaSandi: "bocor-frasa" }),
    });
  }
  const { orm } = portal.deps.db;
  const rows = await orm.select().from(schema.documents).where(isNotNull(schema.documents.code));
  return rows.flatMap(({ code }) => code ?? []);
}

/** One row in every table, each text column holding a mark that names it. */
async function plantRows({ deps }: TestPortal): Promise<void> {
  const { orm } = deps.db;
  const waiting = new Set(Object.values(schema).filter((one) => is(one, SQLiteTable)));
  while (waiting.size > 0) {
    const ready = [...waiting].filter((table) => !pointsInto(table, waiting));
    if (ready.length === 0) throw new Error("tables point at each other");
    for (const table of ready) {
      waiting.delete(table);
      await orm.insert(table).values(plantedRow(table));
    }
  }
}

/** Whether a row of the table needs one of another that has none yet. */
function pointsInto(table: SQLiteTable, others: ReadonlySet<SQLiteTable>): boolean {
  return getTableConfig(table).foreignKeys.some((key) => {
    const { foreignTable } = key.reference();
    return foreignTable !== table && others.has(foreignTable);
  });
}

/** What points at another table points at the row planted there. */
function plantedRow(table: SQLiteTable): Record<string, unknown> {
  const owners = new Map<unknown, SQLiteColumn>();
  for (const key of getTableConfig(table).foreignKeys) {
    const { columns, foreignColumns } = key.reference();
    columns.forEach((column, at) => {
      const owner = foreignColumns[at];
      if (owner) owners.set(column, owner);
    });
  }
  const values = Object.entries(getTableColumns(table)).map(([key, column]) => {
    if (column.enumValues && column.enumValues.length > 0) return [key, column.enumValues[0]];
    // An index looks into the events, so theirs must be JSON.
    if (column.name === "bytes" && column.dataType === "string") {
      return [key, JSON.stringify({ mark: markOf(column) })];
    }
    if (column.dataType === "string") return [key, markOf(owners.get(column) ?? column)];
    if (column.dataType === "json") return [key, [markOf(column)]];
    if (column.dataType === "buffer") return [key, Buffer.from(markOf(column))];
    if (column.dataType === "date") return [key, new Date(0)];
    return [key, column.dataType === "boolean" ? true : 1];
  });
  return Object.fromEntries(values);
}

function markOf(column: Column): string {
  return `${MARK}-${getTableName(column.table)}-${column.name}`;
}

describe("everything that anybody may fetch", () => {
  it("is planted with secrets that would be found", async () => {
    const rows = await portal.deps.db.orm.select().from(schema.requestContents);
    expect(rows.filter((row) => FOUND.test(JSON.stringify(row))).length).toBeGreaterThan(4);
    const tables = Object.values(schema).filter((one) => is(one, SQLiteTable));
    for (const table of tables) {
      const planted = await portal.deps.db.orm.select().from(table);
      expect(FOUND.test(JSON.stringify(planted)), getTableName(table)).toBe(true);
    }
  });

  it("tells no name, host, address, number, alias, file or word of a letter", async () => {
    const files = await readdir(client, { recursive: true });
    const pages = files
      .filter((name) => /(\.html|\.atom|\.ics|\.json|\.csv|\.txt|\.xml)$/.test(name))
      .map((name) => `/${name.replace(/index\.html$/, "")}`);
    const refs = submitted.map(({ ref }) => ref);
    const data = DATASETS.flatMap(({ name }) => [
      `/data/${name}/${name}.csv`,
      `/data/${name}/${name}.json`,
      `/data/${name}/datapackage.json`,
    ]);
    const paths = [
      ...pages,
      ...data,
      ...["/transparansi/", "/transparansi/2025/", "/transparansi/2026/", "/data/"],
      ...["/data/katalog.jsonld", "/umpan/transparansi.atom", "/api/transparency/summary"],
      ...["/api/health", "/api/openapi.json", "/metrics", "/api/inbox", "/api/tidak-ada"],
      ...["/verifikasi/", "/verifikasi/salah/", ...codes.map((code) => `/verifikasi/${code}/`)],
      ...["/lacak/", "/masuk/", "/ruang-kerja/", "/cari/", "/cari/?q=surat+server+utama"],
      ...refs.flatMap((ref) => [
        `/lacak/?nomor=${ref}`,
        `/lacak/?nomor=${ref}&kode=salah`,
        `/api/requests/${ref}`,
        `/ruang-kerja/permohonan/${ref}/`,
      ]),
    ];
    const full: string[] = [];
    for (const path of paths) {
      const answer = await fetch(server.base + path, { redirect: "manual" });
      const text = `${JSON.stringify([...answer.headers])}\n${await answer.text()}`;
      expect(FOUND.exec(text)?.[0], path).toBeUndefined();
      if (path.startsWith("/transparansi/") || path.startsWith("/data/")) {
        expect(answer.status, path).toBe(200);
        if (/\d+ permohonan diterima|,diterima,/.test(text)) full.push(path);
      }
    }
    expect(codes.length).toBeGreaterThan(2);
    // Pages without a figure would have nothing to tell.
    expect(full.length).toBeGreaterThanOrEqual(4);
  });

  it("leaves no trace of them in the log", () => {
    expect(log.filter(({ event }) => event === "request").length).toBeGreaterThan(15);
    expect(FOUND.exec(JSON.stringify(log))?.[0]).toBeUndefined();
    expect(FOUND.exec(JSON.stringify(portal.log))?.[0]).toBeUndefined();
  });
});
