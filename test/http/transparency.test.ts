import { createHash } from "node:crypto";
import { Ajv } from "ajv";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drills } from "#db/schema/agents.ts";
import { DATASETS, type DataRow } from "#domain/transparency/datasets.ts";
import type { Shown } from "#domain/transparency/protect.ts";
import type { PublicPeriod } from "#domain/transparency/publish.ts";
import type { ServiceView, TransparencyView } from "#domain/transparency/view.ts";
import { openTestPortal, TEST_ORIGIN, type TestPortal } from "#support/server.ts";
import { cellsOfHistory, type History, storeCells, storeRows } from "#support/simulated-history.ts";
import { KALTIM, KUKAR, Office, sopOf, submit, walk } from "./office.ts";
import { hireAgent } from "./scripted-agent.ts";

const OFFSET = 480;
const CSV = "/data/kinerja-layanan/kinerja-layanan.csv";

function historyOf(portal: TestPortal, slug: string, count: number, seed: number): History {
  const { instansi, versi, langkah } = sopOf(portal, slug);
  const steps = langkah.map(({ no }) => ({ no, standard: no === 1 ? null : 30 }));
  const span = { from: "2024-11-05", to: "2026-11-15", offsetMinutes: OFFSET };
  return { slug, agency: instansi, versi, steps, ...span, count, seed };
}

async function viewOf(portal: TestPortal): Promise<TransparencyView> {
  const answer = await portal.fetch("/api/transparency/summary");
  return ((await answer.json()) as { data: TransparencyView }).data;
}

describe("the public figures of years of requests", () => {
  let portal: TestPortal;
  let view: TransparencyView;
  beforeAll(async () => {
    portal = await openTestPortal({ env: { PULIH_CONTOH: "0" } });
    for (const [slug, count, seed] of [
      [KALTIM, 600, 1],
      [KUKAR, 90, 2],
    ] as const) {
      const history = historyOf(portal, slug, count, seed);
      await storeRows(portal.deps.db, history);
      await storeCells(portal.deps.db, cellsOfHistory(history));
    }
    await storeDrills(portal);
    view = await viewOf(portal);
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  /** Counts straight from the requests, by the local time of the agency. */
  const counted = async (slug: string, period: PublicPeriod, flow: string): Promise<number> => {
    const at = sql.raw(flow === "received" ? "submitted_at" : "closed_at");
    const local = sql`strftime('%Y-%m', ${at}, '+480 minutes')`;
    const status = flow === "received" ? sql`1 = 1` : sql`status = ${flow}`;
    const { rows } = await portal.deps.db.orm.run(
      sql`SELECT count(*) AS n FROM requests WHERE slug = ${slug} AND ${status} AND ${local} IN ${monthsOf(period)}`,
    );
    return Number(rows[0]?.["n"]);
  };

  it("are those of an independent count, or say that it is small", async () => {
    let counts = 0;
    for (const service of view.services) {
      for (const period of service.periods) {
        for (const [flow, shown] of Object.entries(period.flow) as [string, Shown][]) {
          const truth = await counted(service.sop.slug, period, flow);
          const where = `${service.sop.slug} ${period.id} ${flow}`;
          if (shown.kind === "count") expect(shown.value, where).toBe(truth);
          if (shown.kind === "small") expect(truth > 0 && truth < 5, where).toBe(true);
          if (shown.kind === "count") counts += 1;
        }
      }
    }
    expect(counts).toBeGreaterThan(100);
  });

  it("give medians and nine in ten as sorting all closed steps does, at most 1 % above", async () => {
    let compared = 0;
    for (const service of view.services) {
      for (const period of service.periods) {
        for (const { no, minutes } of period.steps) {
          if (!minutes) continue;
          const all = await minutesOf(service, period, no);
          const at = (q: number): number => all[Math.ceil(q * all.length) - 1] ?? Number.NaN;
          for (const [told, truth] of [
            [minutes.median, at(0.5)],
            [minutes.p90 ?? at(0.9), at(0.9)],
          ] as const) {
            expect(told).toBeGreaterThanOrEqual(truth);
            expect(told).toBeLessThanOrEqual(truth * 1.01);
          }
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(30);
  });

  const minutesOf = async (service: ServiceView, period: PublicPeriod, no: number) => {
    const { rows } = await portal.deps.db.orm.run(
      sql`SELECT working_minutes AS m FROM step_log JOIN requests ON requests.id = step_log.request
          WHERE slug = ${service.sop.slug} AND step_log.step = ${no} AND outcome = 'closed' AND working_minutes IS NOT NULL
          AND strftime('%Y-%m', step_log.closed_at, '+480 minutes') IN ${monthsOf(period)} ORDER BY m`,
    );
    return rows.map((row) => Number(row["m"]));
  };

  it("tell of drills by the agency's own months, and nothing of the running quarter", () => {
    const [kaltim] = view.drills;
    expect(kaltim?.periods.filter(({ held }) => held > 0)).toEqual([
      { id: "2026-05", kind: "month", held: 1, passed: 1 },
      { id: "2026-T2", kind: "quarter", held: 1, passed: 1 },
      { id: "2026-08", kind: "month", held: 1, passed: 1 },
      // 30 September 17.00 UTC is 1 October there, in a quarter that is not public yet.
      { id: "2026-T3", kind: "quarter", held: 1, passed: 1 },
    ]);
    expect(kaltim?.lastPassed).toEqual({ until: "2026-09", age: "1-to-3" });
  });

  it("end with the last quarter that is public, and name the day of the next one", () => {
    expect(view).toMatchObject({ asOf: "2026-11-23", nextOn: "2027-01-15", sample: false });
    for (const { periods } of view.services) {
      expect(periods.filter(({ kind }) => kind === "quarter").at(-1)?.id).toBe("2026-T3");
      expect(periods.filter(({ kind }) => kind === "year").map(({ id }) => id)).toEqual([
        "2024",
        "2025",
      ]);
    }
  });

  it("stand in the open data, and the same data are the same bytes", async () => {
    const text = await (await portal.fetch(CSV)).text();
    expect(await (await portal.fetch(CSV)).text()).toBe(text);
    const [head = "", ...lines] = text.trimEnd().split("\r\n");
    expect(head.split(",")).toEqual(DATASETS[0].fields.map(({ name }) => name));
    const rows = (await (await portal.fetch(CSV.replace("csv", "json"))).json()) as DataRow[];
    expect(lines).toHaveLength(rows.length);
    const of2025 = rows.filter((row) => row["layanan"] === KALTIM && row["periode"] === "2025");
    const service = view.services.find(({ sop }) => sop.slug === KALTIM);
    const year = service?.periods.find(({ id }) => id === "2025");
    expect(of2025.find((row) => row["ukuran"] === "diterima" && !row["jenis_permohonan"])).toEqual({
      layanan: KALTIM,
      periode: "2025",
      jenis_periode: "tahun",
      ukuran: "diterima",
      jenis_permohonan: null,
      alasan: null,
      langkah: null,
      nilai: year?.flow.received.kind === "count" ? year.flow.received.value : null,
      satuan: "permohonan",
      status: "tersedia",
    });
  });

  it.each(DATASETS)(
    "describes $name so that every row fits, and by digests that hold",
    async (dataset) => {
      const base = `/data/${dataset.name}/`;
      const described = (await (await portal.fetch(`${base}datapackage.json`)).json()) as {
        resources: {
          path: string;
          hash: string;
          bytes: number;
          schema?: { fields: { name: string }[] };
        }[];
        licenses?: unknown;
      };
      expect(described.licenses).toBeUndefined();
      for (const { path, hash, bytes } of described.resources) {
        const body = Buffer.from(await (await portal.fetch(base + path)).arrayBuffer());
        expect(hash).toBe(`sha256:${createHash("sha256").update(body).digest("hex")}`);
        expect(bytes).toBe(body.length);
      }
      const rows = (await (await portal.fetch(`${base}${dataset.name}.json`)).json()) as DataRow[];
      const type = { string: "string", date: "string", integer: "integer", number: "number" };
      const valid = new Ajv({ allowUnionTypes: true }).compile({
        type: "array",
        items: {
          type: "object",
          additionalProperties: false,
          required: dataset.fields.map(({ name }) => name),
          properties: Object.fromEntries(
            dataset.fields.map((field) => [
              field.name,
              field.required
                ? { type: type[field.type], ...(field.values ? { enum: field.values } : {}) }
                : { type: [type[field.type], "null"] },
            ]),
          ),
        },
      });
      expect(valid(rows), JSON.stringify(valid.errors?.slice(0, 2))).toBe(true);
      expect(rows.length).toBeGreaterThan(1);
      const keys = rows.map((row) => dataset.key.map((name) => row[name]).join(" "));
      expect(new Set(keys).size).toBe(keys.length);
    },
  );

  it("may be read by any site, kept, asked for again cheaply, and asked for by HEAD", async () => {
    const answer = await portal.fetch(CSV);
    const tag = answer.headers.get("etag") ?? "";
    expect(tag).toMatch(/^"[0-9a-f]{64}"$/);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const again = await portal.fetch(CSV, { headers: { "if-none-match": tag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    const head = await portal.fetch(CSV, { method: "HEAD" });
    expect([head.status, await head.text(), head.headers.get("etag")]).toEqual([200, "", tag]);
    const figures = await portal.fetch("/api/transparency/summary");
    expect(figures.headers.get("access-control-allow-origin")).toBeNull();
    expect((await portal.fetch("/data/rahasia/rahasia.csv")).status).toBe(404);
  });

  it("are announced by a feed and listed in a catalogue that other portals read", async () => {
    const feed = await (await portal.fetch("/umpan/transparansi.atom")).text();
    expect(feed).toContain("Angka triwulan 3 tahun 2026");
    expect(feed).toContain(`<id>${TEST_ORIGIN}/transparansi/2026/#t3</id>`);
    expect(feed).toContain("2026-10-15T00:00:00.000Z");
    expect(feed).not.toContain("triwulan 4 tahun 2026");
    const catalog = (await (await portal.fetch("/data/katalog.jsonld")).json()) as {
      "dcat:dataset": { "dcat:distribution": { "dcat:accessURL": { "@id": string } }[] }[];
    };
    const urls = catalog["dcat:dataset"].flatMap((set) =>
      set["dcat:distribution"].map((one) => one["dcat:accessURL"]["@id"]),
    );
    expect(urls).toHaveLength(8);
    for (const url of urls) expect((await portal.fetch(url)).status).toBe(200);
  });

  it("are kept for the day: another request changes nothing that is public", async () => {
    await submit(portal, KALTIM, { alasan: "CONTOH sesudahnya" });
    expect(await viewOf(portal)).toEqual(view);
  });
});

/** Drills of two quarters, one of them failed, and one that nobody may be told of yet. */
async function storeDrills(portal: TestPortal): Promise<void> {
  const { id: agent } = await hireAgent(portal, ["db-satu"]);
  const days = [
    ["2026-05-02", true],
    ["2026-08-30", true],
    ["2026-09-30", false],
    ["2026-11-01", true],
  ] as const;
  await portal.deps.db.write(
    days.map(([day, ok]) =>
      portal.deps.db.orm.insert(drills).values({
        agent,
        id: day,
        alias: "db-satu",
        backup: "cadangan-1",
        level: "L3",
        ok,
        error: ok ? null : "ENGINE_DIGEST_MISMATCH",
        finishedAt: `${day}T10:00:00.000Z`,
        recordedAt: `${day}T17:00:00.000Z`,
        envelope: "{}",
      }),
    ),
  );
}

describe("a sample site", () => {
  it("shows the running quarter, and what was walked a moment ago", async () => {
    await using portal = await openTestPortal();
    expect((await viewOf(portal)).services.map(({ periods }) => periods)).toEqual([[], []]);
    const agent = await hireAgent(portal, ["db-satu"]);
    const office = new Office(portal);
    for (let turn = 0; turn < 5; turn += 1) {
      const request = await submit(portal, KALTIM, { jenis: "backup", alasan: `CONTOH ${turn}` });
      await walk(office, KALTIM, request, { targets: ["db-satu"], agent });
      await agent.poll({ catalog: true, capacity: 0 });
    }
    const after = await viewOf(portal);
    const service = after.services.find(({ sop }) => sop.slug === KALTIM);
    expect(after.sample).toBe(true);
    expect(service?.lastRestore).toEqual({ until: "2026-11", age: "never" });
    expect(service?.periods).toMatchObject([
      {
        id: "2026-T4",
        flow: {
          received: { kind: "count", value: 5 },
          completed: { kind: "count", value: 5 },
          refused: { kind: "count", value: 0 },
        },
        onTimeShare: 1,
      },
      { id: "2026", byKind: { backup: { value: 5 }, restore: { value: 0 } } },
    ]);
    expect(JSON.stringify(after)).not.toContain("CONTOH nama");
  });
});

function monthsOf({ id }: PublicPeriod): string[] {
  const [year = "", part] = id.split("-");
  if (part && !part.startsWith("T")) return [id];
  const numbers = Array.from({ length: 12 }, (_, at) => at + 1).filter(
    (month) => !part || Math.ceil(month / 3) === Number(part.slice(1)),
  );
  return numbers.map((month) => `${year}-${String(month).padStart(2, "0")}`);
}
