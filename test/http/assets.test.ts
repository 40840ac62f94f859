import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { targetMeasures } from "#db/schema/assets.ts";
import { connectedAssets } from "#functions/services/assets/connected.ts";
import { importAssets } from "#functions/services/assets/import.ts";
import { registerAsset } from "#support/assets.ts";
import { type Official, openTestPortal, type TestPortal } from "#support/server.ts";
import {
  decide,
  decisionFor,
  galatOf,
  KALTIM,
  KUKAR,
  look,
  Office,
  postJson,
  refusedDecision,
  sopOf,
  submit,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

interface Asset {
  readonly code: string;
  readonly name: string;
  readonly alias: string | null;
  readonly status: string;
  readonly reviewDue: string;
  readonly reviewOverdue: boolean;
  readonly lastBackup: string | null;
  readonly lastRestore: string | null;
}

describe("the asset register", () => {
  let portal: TestPortal;
  let agent: ScriptedAgent;
  let keeper: Official;
  beforeAll(async () => {
    portal = await openTestPortal();
    agent = await hireAgent(portal, ["db-satu", "db-dua", "db-tiga"], { registered: false });
    keeper = await portal.official("kaltim", "pengelola");
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const cookie = () => ({ cookie: keeper.cookie });
  const post = (path: string, body: unknown, headers = cookie()) =>
    postJson(portal, `/api/assets${path}`, body, headers);
  const get = async <T>(path: string, headers = cookie()): Promise<T> => {
    const answer = await portal.fetch(`/api/assets${path}`, { headers });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { data: T }).data;
  };
  const facts = (given: Readonly<Record<string, string>> = {}) => ({
    nama: "CONTOH arsip",
    pemilik: "CONTOH Dinas Arsip",
    jenis: "basis-data",
    kategori: "tinggi",
    letak: "CONTOH rak 1",
    ...given,
  });
  const add = async (given: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await post("", facts(given));
    if (!answer.ok) throw new Error(await answer.text());
    return ((await answer.json()) as { data: { code: string } }).data.code;
  };
  const bring = async (csv: string | Uint8Array, simpan = ""): Promise<Response> => {
    const form = new FormData();
    form.set("berkas", new File([csv as string], "aset.csv"));
    if (simpan !== "") form.set("simpan", simpan);
    return portal.fetch("/api/assets/import", { method: "POST", body: form, headers: cookie() });
  };
  const HEAD = "kode,nama,pemilik,jenis,kategori,letak,sasaran,catatan,status";

  it("gives a code that notices a wrong character, and is read however it is typed", async () => {
    const code = await add({ nama: "CONTOH kode" });
    expect(code).toMatch(/^AST-[A-Z2-9]{5}$/);
    const typed = code.toLowerCase().replace("-", " ");
    expect((await get<Asset>(`/${encodeURIComponent(typed)}`)).code).toBe(code);
    for (let at = 4; at < 9; at += 1) {
      const wrong = code.slice(0, at) + (code[at] === "A" ? "B" : "A") + code.slice(at + 1);
      expect((await portal.fetch(`/api/assets/${wrong}`, { headers: cookie() })).status).toBe(404);
    }
  });

  it("tells what is missing, keeps one target to one asset, and logs what was changed by whom", async () => {
    const empty = await galatOf(await post("", {}));
    expect(empty).toMatchObject({ status: 422, code: "INPUT_INVALID" });
    expect(empty.perbaikan.map(({ field }) => field)).toEqual([
      "nama",
      "pemilik",
      "jenis",
      "kategori",
      "letak",
    ]);
    const code = await add({ nama: "CONTOH satu", sasaran: "db-satu" });
    const second = await galatOf(
      await post("", facts({ nama: "CONTOH lain", sasaran: "db-satu" })),
    );
    expect(second.perbaikan).toMatchObject([{ field: "sasaran" }]);
    expect(
      (
        await post(
          `/${code}`,
          facts({ nama: "CONTOH satu", letak: "CONTOH rak 9", sasaran: "db-satu" }),
        )
      ).status,
    ).toBe(200);
    const detail = await get<{ changes: { how: string; by: string; columns: unknown[] }[] }>(
      `/${code}`,
    );
    expect(detail.changes[0]).toMatchObject({
      how: "diubah",
      by: "CONTOH pengelola",
      columns: [{ column: "letak", before: "CONTOH rak 1", after: "CONTOH rak 9" }],
    });
    expect((await post(`/${code}/deactivate`, {})).status).toBe(200);
    expect(await get<Asset>(`/${code}`)).toMatchObject({ status: "nonaktif", alias: null });
  });

  it("is shown to nobody outside the agency", async () => {
    const code = await add({ nama: "CONTOH rahasia" });
    const other = await portal.official("kukar", "kepala-bidang");
    expect((await portal.fetch("/api/assets")).status).toBe(401);
    const outside = await portal.fetch(`/api/assets/${code}`, {
      headers: { cookie: other.cookie },
    });
    expect(outside.status).toBe(404);
    expect((await get<{ assets: Asset[] }>("", { cookie: other.cookie })).assets).toEqual([]);
    expect((await post(`/${code}`, facts(), { cookie: other.cookie })).status).toBe(404);
  });

  it("reports each row of a file before anything is saved, and saves all of it or nothing", async () => {
    const code = await add({ nama: "CONTOH lama", letak: "CONTOH rak 1" });
    const before = (await get<{ total: number }>("")).total;
    const csv = [
      "\uFEFFkode;nama;pemilik;jenis;kategori;letak;sasaran;catatan;status",
      `${code};CONTOH lama;CONTOH Dinas Arsip;basis-data;tinggi;CONTOH rak 2;;;aktif`,
      ";CONTOH baru;CONTOH Dinas Baru;VM;Rendah;CONTOH rak 3;db-tiga;;",
      ";CONTOH salah;CONTOH Dinas Baru;kapal;rendah;;tidak-ada;;",
      "AST-AAAAA;CONTOH hantu;CONTOH Dinas;vm;rendah;CONTOH;;;",
      ";CONTOH kembar;CONTOH Dinas Baru;vm;rendah;CONTOH rak 3;db-tiga;;",
    ].join("\r\n");
    const { data } = (await (await bring(csv)).json()) as {
      data: {
        counts: unknown;
        saved: boolean;
        rows: { line: number; verdict: string; columns: string[]; problems: { field: string }[] }[];
      };
    };
    expect(data.saved).toBe(false);
    expect(data.counts).toEqual({ baru: 1, diubah: 1, sama: 0, ditolak: 3 });
    expect(
      data.rows.map((row) => [
        row.line,
        row.verdict,
        row.columns,
        row.problems.map(({ field }) => field),
      ]),
    ).toEqual([
      [2, "diubah", ["letak"], []],
      [3, "baru", [], []],
      [4, "ditolak", [], ["jenis", "letak"]],
      [5, "ditolak", [], ["kode"]],
      [6, "ditolak", [], ["sasaran"]],
    ]);
    const refused = await galatOf(await bring(csv, "ya"));
    expect(refused).toMatchObject({ status: 422, code: "ASSET_IMPORT" });
    expect((await get<{ total: number }>("")).total).toBe(before);
    const mended = csv.split("\r\n").slice(0, 3).join("\r\n");
    expect((await bring(mended, "ya")).status).toBe(200);
    expect((await get<{ total: number }>("")).total).toBe(before + 1);
    const again = (await (await bring(mended)).json()) as { data: { counts: unknown } };
    expect(again.data.counts).toEqual({ baru: 0, diubah: 0, sama: 2, ditolak: 0 });
  });

  it("reads its own export back unchanged, also names that a spreadsheet takes for a formula", async () => {
    await add({ nama: "=CONTOH rumus", catatan: 'CONTOH "kutip", koma; titik koma' });
    const answer = await portal.fetch("/api/assets/register.csv", { headers: cookie() });
    const csv = await answer.text();
    expect(csv).toContain("'=CONTOH rumus");
    const { data } = (await (await bring(csv)).json()) as {
      data: { counts: { sama: number }; rows: unknown[] };
    };
    expect(data.counts.sama).toBe(data.rows.length);
  });

  it("names what keeps a file from being read", async () => {
    for (const [content, said] of [
      ["nama,pemilik\nx,y", /jenis, kategori, letak/],
      [HEAD, /satu baris pun/],
      [`${HEAD}\n${",a,b,vm,tinggi,c,,,\n".repeat(5_001)}`, /5001 baris/],
      [new Uint8Array([0x6e, 0xff, 0xfe]), /UTF-8/],
    ] as const) {
      const galat = await galatOf(await bring(content));
      expect(galat).toMatchObject({ status: 422, code: "ASSET_FILE" });
      expect(galat.perbaikan[0]?.pesan).toMatch(said);
    }
  });

  it("takes five thousand rows in one go, each with a code of its own", async () => {
    const rows = Array.from(
      { length: 5_000 },
      (_, at) => `,CONTOH server ${at},CONTOH OPD,vm,rendah,CONTOH,,,`,
    );
    const bytes = new TextEncoder().encode([HEAD, ...rows].join("\n"));
    const report = await importAssets(portal.deps, {
      agency: "kukar",
      bytes,
      by: "CONTOH",
      save: true,
    });
    expect(report.counts).toEqual({ baru: 5_000, diubah: 0, sama: 0, ditolak: 0 });
    const codes = await portal.deps.db.orm.query.assets.findMany({ columns: { code: true } });
    expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length);
  });

  it("wants each asset reviewed within a year, counts what is late, and moves the day on", async () => {
    const code = await add({ nama: "CONTOH ditinjau" });
    const [gone, same] = [
      await add({ nama: "CONTOH hilang" }),
      await add({ nama: "CONTOH tetap" }),
    ];
    expect(await get<Asset>(`/${code}`)).toMatchObject({
      reviewDue: "2027-11-23",
      reviewOverdue: false,
    });
    const start = portal.clock.now().toISOString();
    portal.clock.set("2027-11-23T15:59:00.000Z");
    keeper = await portal.official("kaltim", "pengelola");
    expect((await get<Asset>(`/${code}`)).reviewOverdue).toBe(false);
    portal.clock.set("2027-11-23T16:01:00.000Z");
    expect((await get<Asset>(`/${code}`)).reviewOverdue).toBe(true);
    const late = await get<{ overdue: number }>("");
    const answer = await post("/reviews", {
      [`hasil.${code}`]: "sesuai",
      [`hasil.${gone}`]: "dihapus",
      [`hasil.${same}`]: "",
      [`catatan.${code}`]: "CONTOH dilihat di tempat",
    });
    expect(await answer.json()).toEqual({ data: { held: 2 } });
    expect(await get<Asset>(`/${code}`)).toMatchObject({
      reviewDue: "2028-11-24",
      reviewOverdue: false,
      reviews: [{ result: "sesuai", by: "CONTOH pengelola", note: "CONTOH dilihat di tempat" }],
    });
    expect(await get<Asset>(`/${gone}`)).toMatchObject({ status: "nonaktif" });
    expect((await get<{ overdue: number }>("")).overdue).toBe(late.overdue - 2);
    expect(await galatOf(await post("/reviews", {}))).toMatchObject({ status: 422 });
    const ics = await (await portal.fetch("/api/assets/reviews.ics", { headers: cookie() })).text();
    expect(ics).toContain(`SUMMARY:Tinjauan aset ${code}`);
    portal.clock.set(start);
    keeper = await portal.official("kaltim", "pengelola");
  });

  it("lets nothing be restored that is not registered, and tells the way to register it", async () => {
    const office = new Office(portal);
    agent.makeBackup("db-dua");
    await agent.poll({ catalog: true, capacity: 0 });
    const request = await submit(portal, KALTIM, {
      jenis: "restore",
      alasan: "CONTOH tak terdaftar",
    });
    const until = (view: { next: { act: string } | null }) => view.next?.act === "rencana";
    await walk(office, KALTIM, request, { targets: [], agent, until });
    const planner = await office.of(sopOf(portal, KALTIM), "pengelola");
    const view = await look(portal, request.ref, planner);
    const choice = view.next?.fields.find(({ name }) => name === "sasaran");
    expect(choice?.options[0]?.refused?.href).toBe("/ruang-kerja/aset/baru/?sasaran=db-dua");
    const galat = await galatOf(
      await decide(portal, request.ref, planner, decisionFor(view, ["db-dua"])),
    );
    expect(galat).toMatchObject({ status: 422, code: "ASSET_UNREGISTERED" });
    expect(galat.perbaikan[0]).toMatchObject({ field: "sasaran" });
    expect(galat.perbaikan[0]?.pesan).toContain("db-dua");
    const code = await registerAsset(portal, { agency: "kaltim", alias: "db-dua" });
    const end = await walk(office, KALTIM, request, { targets: ["db-dua"], agent });
    expect(end.status).toBe("completed");
    const asset = await get<Asset & { requests: { ref: string }[] }>(`/${code}`);
    expect(asset.lastBackup).not.toBeNull();
    expect(asset.lastRestore).not.toBeNull();
    expect(asset.requests.map(({ ref }) => ref)).toEqual([request.ref]);
    const measured = await portal.deps.db.orm.select().from(targetMeasures);
    expect(measured).toMatchObject([
      { alias: "db-dua", action: "restore", verified: true, bytes: 1_200_000 },
    ]);
  });

  it("asks for registration before a check that leads to a restore, not before a backup", async () => {
    const office = new Office(portal);
    const sop = sopOf(portal, KUKAR);
    const request = await submit(portal, KUKAR, { alasan: "CONTOH cek" });
    const until = (view: { next: { act: string } | null }) => view.next?.act === "cek-berkas";
    await walk(office, KUKAR, request, { targets: [], agent, until });
    const jft = await office.of(sop, "jft");
    const view = await look(portal, request.ref, jft);
    const galat = await galatOf(
      await decide(portal, request.ref, jft, decisionFor(view, ["db-dua"])),
    );
    expect(galat).toMatchObject({ code: "ASSET_UNREGISTERED" });
    const backup = await submit(portal, KALTIM, { jenis: "backup", alasan: "CONTOH cadangan" });
    const end = await walk(office, KALTIM, backup, { targets: ["db-satu"], agent });
    expect(end.status).toBe("completed");
  });

  it("looks again when the agent is sent: what left the register meanwhile is not restored", async () => {
    const office = new Office(portal);
    agent.makeBackup("db-tiga");
    await agent.poll({ catalog: true, capacity: 0 });
    const connected = async () => (await connectedAssets(portal.deps, "kaltim")).get("db-tiga");
    if (!(await connected())) await registerAsset(portal, { agency: "kaltim", alias: "db-tiga" });
    const targets = ["db-tiga"];
    const request = await submit(portal, KALTIM, { jenis: "restore", alasan: "CONTOH dilepas" });
    const until = (view: { next: { act: string } | null }) => view.next?.act === "laksana";
    await walk(office, KALTIM, request, { targets, agent, until });
    const code = (await connected())?.code ?? "";
    expect((await post("/reviews", { [`hasil.${code}`]: "dihapus" })).status).toBe(200);
    const who = await office.of(sopOf(portal, KALTIM), "pengelola");
    const view = await look(portal, request.ref, who);
    const galat = await refusedDecision(portal, request.ref, who, decisionFor(view, []));
    expect(galat).toMatchObject({ status: 422, code: "ASSET_UNREGISTERED" });
    expect(galat.perbaikan[0]?.pesan).toContain("db-tiga");
    await registerAsset(portal, { agency: "kaltim", alias: "db-tiga" });
    expect((await walk(office, KALTIM, request, { targets, agent })).status).toBe("completed");
  });
});
