import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plans } from "#db/schema/assets.ts";
import { CLASH_FIELD } from "#domain/workflow/form.ts";
import { connectedAssets } from "#functions/services/assets/connected.ts";
import { type Official, openTestPortal, type TestPortal } from "#support/server.ts";
import {
  decide,
  decisionFor,
  galatOf,
  KALTIM,
  look,
  Office,
  sopOf,
  submit,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

interface Board {
  readonly days: readonly {
    readonly date: string;
    readonly entries: readonly {
      readonly ref: string;
      readonly state: string;
      readonly warnings: readonly string[];
    }[];
  }[];
  readonly vaults: readonly {
    readonly freeBytes: number;
    readonly growth: { readonly kind: string };
  }[];
  readonly targets: readonly {
    readonly backup: { readonly basis: string; readonly count: number };
  }[];
}

describe("the plan of a request", () => {
  let portal: TestPortal;
  let office: Office;
  let agent: ScriptedAgent;
  let planner: Official;
  let content: string;
  beforeAll(async () => {
    content = await contentWithWindows();
    portal = await openTestPortal({ env: { PULIH_CONTENT: content } });
    office = new Office(portal);
    agent = await hireAgent(portal, ["db-satu", "db-dua"]);
    planner = await office.of(sopOf(portal, KALTIM), "pengelola");
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
    await rm(content, { recursive: true, force: true });
  });

  /** Work on Tuesday and Wednesday evenings, as an agency would write it. */
  async function contentWithWindows(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), "pulih-isi-"));
    await cp(join(import.meta.dirname, "../../content"), directory, { recursive: true });
    const file = join(directory, "instansi/kaltim.md");
    const windows = [
      "jendelaPemeliharaan:",
      '  - { hari: selasa, mulai: "18:00", selesai: "22:00", catatan: CONTOH }',
      '  - { hari: rabu, mulai: "18:00", selesai: "22:00" }',
    ].join("\n");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("\nstatus: terbit", `\n${windows}\nstatus: terbit`));
    return directory;
  }

  let turn = 0;
  async function atPlanning(given: Readonly<Record<string, string>> = {}) {
    turn += 1;
    const request = await submit(portal, KALTIM, {
      jenis: "backup",
      alasan: `CONTOH ${turn}`,
      ...given,
    });
    const until = (view: { next: { act: string } | null }) => view.next?.act === "rencana";
    await walk(office, KALTIM, request, { targets: [], agent, until });
    return { request, view: await look(portal, request.ref, planner) };
  }
  const rowOf = (ref: string) =>
    portal.deps.db.orm
      .select()
      .from(plans)
      .then((rows) => rows.find((row) => row.request === ref.replaceAll("-", "")));
  const board = async (query = ""): Promise<Board> => {
    const answer = await portal.fetch(`/api/plans${query}`, {
      headers: { cookie: planner.cookie },
    });
    return ((await answer.json()) as { data: Board }).data;
  };
  const unread = (decision: Record<string, unknown>) => ({ ...decision, [CLASH_FIELD.name]: [] });

  it("is kept with the act that makes it, in the agency's own time", async () => {
    const { request, view } = await atPlanning();
    const decision = { ...decisionFor(view, ["db-satu"]), jadwal: "2026-11-24T18:30", lama: "90" };
    expect((await decide(portal, request.ref, planner, unread(decision))).status).toBe(200);
    expect(await rowOf(request.ref)).toMatchObject({
      agency: "kaltim",
      aliases: ["db-satu"],
      startsAt: "2026-11-24T10:30:00.000Z",
      endsAt: "2026-11-24T12:00:00.000Z",
    });
    const [tuesday] = (await board()).days.filter(({ date }) => date === "2026-11-24");
    expect(tuesday?.entries).toMatchObject([{ ref: request.ref, state: "rencana", warnings: [] }]);
  });

  it("asks to read its warnings first, and is kept with them when they were read", async () => {
    const { request, view } = await atPlanning();
    const decision = { ...decisionFor(view, ["db-satu"]), jadwal: "2026-11-24T19:00", lama: "300" };
    const galat = await galatOf(await decide(portal, request.ref, planner, unread(decision)));
    expect(galat).toMatchObject({ status: 409, code: "PLAN_CLASH" });
    expect(galat.perbaikan.map(({ field }) => field)).toEqual([CLASH_FIELD.name, CLASH_FIELD.name]);
    expect(galat.perbaikan.map(({ pesan }) => pesan).join(" ")).toMatch(
      /Sasaran db-satu sudah direncanakan.*jendela pemeliharaan/,
    );
    expect(await rowOf(request.ref)).toBeUndefined();
    expect((await decide(portal, request.ref, planner, decision)).status).toBe(200);
    const after = await look(portal, request.ref, planner);
    const notes = after.timeline.flatMap((entry) => entry.notes);
    expect(notes).toContainEqual({
      label: CLASH_FIELD.label,
      value: "Sudah dibaca; rencana tetap dipakai",
    });
    expect(
      (await board()).days.flatMap((day) => day.entries).filter((one) => one.warnings.length > 0),
    ).toHaveLength(2);
  });

  it("suggests free times that lie in the agency's windows and beside other plans", async () => {
    const { view } = await atPlanning();
    const schedule = view.next?.fields.find(({ name }) => name === "jadwal");
    // Monday morning: Tuesday evening is taken from 18.30 on, half an hour before is too short.
    expect(schedule?.hint).toMatch(/^Waktu kosong berikutnya: 25 November 2026 pukul 18\.00 WITA/);
  });

  it("ends with a return, a refusal and a cancellation, and no earlier", async () => {
    const ways = [
      { decision: "return", to: "rencana" },
      { decision: "refuse", golongan: "lainnya" },
      { decision: "cancel" },
    ];
    for (const way of ways) {
      const { request, view } = await atPlanning();
      await decide(portal, request.ref, planner, decisionFor(view, ["db-dua"]));
      expect(await rowOf(request.ref)).toBeDefined();
      const planned = await look(portal, request.ref, planner);
      const visitor = way.decision === "cancel" ? { code: request.code } : planner;
      const decision = { act: "laksana", seen: planned.head, alasan: "CONTOH", ...way };
      expect((await decide(portal, request.ref, visitor, decision)).status).toBe(200);
      expect(await rowOf(request.ref)).toBeUndefined();
    }
  });

  it("chooses the targets of the assets that were asked for, and estimates from what was measured", async () => {
    const asset = (await connectedAssets(portal.deps, "kaltim")).get("db-dua");
    const first = await atPlanning({ spesifikasi: `CONTOH arsip, ${asset?.code}` });
    const choice = first.view.next?.fields.find(({ name }) => name === "sasaran");
    expect(choice?.initial).toEqual(["db-dua"]);
    expect(choice?.options.find(({ value }) => value === "db-dua")?.note).toBe(
      "Aset yang diminta pemohon. Lama: belum ada ukuran.",
    );
    const end = await walk(office, KALTIM, first.request, { targets: ["db-dua"], agent });
    expect(end.status).toBe("completed");
    await agent.poll({ catalog: true, capacity: 0 });
    const second = await atPlanning({ spesifikasi: `CONTOH arsip lagi, ${asset?.code}` });
    const fields = second.view.next?.fields ?? [];
    const note = fields
      .find(({ name }) => name === "sasaran")
      ?.options.find(({ value }) => value === "db-dua")?.note;
    expect(note).toMatch(/nilai tengah 1 pekerjaan terakhir/);
    expect(fields.find(({ name }) => name === "lama")?.initial).toBe("1");
    const shown = await board();
    expect(shown.vaults).toMatchObject([
      { freeBytes: 50_000_000_000, growth: { kind: "belum-ada" } },
    ]);
    expect(
      shown.days.flatMap((day) => day.entries).find((one) => one.ref === first.request.ref)?.state,
    ).toBe("selesai");
  });

  it("is a calendar for officials alone", async () => {
    expect((await portal.fetch("/api/plans.ics")).status).toBe(401);
    const answer = await portal.fetch("/api/plans.ics", { headers: { cookie: planner.cookie } });
    const text = await answer.text();
    expect(text).toContain("BEGIN:VEVENT");
    expect(text).toContain("SUMMARY:Pencadangan db-satu");
    const other = await portal.official("kukar", "kepala-bidang");
    const theirs = await portal.fetch("/api/plans.ics", { headers: { cookie: other.cookie } });
    expect(await theirs.text()).not.toContain("BEGIN:VEVENT");
  });
});
