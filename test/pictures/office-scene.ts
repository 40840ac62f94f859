/**
 * An office at work for the pictures of the guides: requests of SOP A at several stages, on a Monday
 * morning that stands still. Every name and word is invented and says CONTOH.
 */
import { join } from "node:path";
import { isNotNull } from "drizzle-orm";
import { documents } from "#db/schema/requests.ts";
import type { AssetFacts } from "#domain/assets/asset.ts";
import { readSettings } from "#functions/env.ts";
import { startServer } from "#functions/http/server.ts";
import { registerAsset } from "#functions/services/assets/register.ts";
import { assignPosition } from "#functions/services/people/assign-position.ts";
import { createUser } from "#functions/services/people/create-user.ts";
import { dist } from "#support/built-site.ts";
import { type Official, openTestPortal, type TestPortal } from "#support/server.ts";
import { openAdmin } from "../http/admin-desk.ts";
import { decide, decisionFor, KALTIM, look, type Submitted, submit } from "../http/office.ts";
import { hireAgent, type ScriptedAgent } from "../http/scripted-agent.ts";

const root = join(import.meta.dirname, "..", "..");
const AGENCY = "kaltim";
const MINUTE = 60_000;

const SYSTEMS: readonly (Pick<AssetFacts, "name" | "owner" | "kind" | "category"> & {
  readonly alias: string;
})[] = [
  {
    alias: "kependudukan-db",
    name: "CONTOH basis data kependudukan",
    owner: "CONTOH Dinas Kependudukan",
    kind: "basis-data",
    category: "strategis",
  },
  {
    alias: "perizinan-vm",
    name: "CONTOH server perizinan",
    owner: "CONTOH Dinas Perizinan",
    kind: "vm",
    category: "tinggi",
  },
  {
    alias: "arsip-berkas",
    name: "CONTOH arsip naskah dinas",
    owner: "CONTOH Dinas Kearsipan",
    kind: "aplikasi",
    category: "rendah",
  },
];

/** What people write, by the name of the field. */
const WORDS: Readonly<Record<string, string>> = {
  instruksi: "CONTOH: laksanakan sebelum pemeliharaan server, laporkan hasilnya.",
  harap: "proses",
  catatan: "",
  rencana: "CONTOH: dijalankan di luar jam sibuk; pemilik data sudah diberi tahu.",
  hasil: "CONTOH: isi hasil sama dengan isi semula.",
  ringkasan: "CONTOH: pekerjaan selesai tanpa kendala.",
};

export interface OfficeScene extends AsyncDisposable {
  readonly base: string;
  /** Who makes the first decision, and who plans. */
  readonly decider: Official;
  readonly planner: Official;
  readonly admin: Official;
  /** Has a password, and no second step yet. */
  readonly newcomer: { readonly email: string; readonly password: string };
  readonly waiting: Submitted;
  readonly asked: Submitted;
  /** The sheet of disposisi of a finished request, and the code that verifies it. */
  readonly sheet: { readonly pdf: Buffer; readonly code: string };
}

export async function openOfficeScene(): Promise<OfficeScene> {
  await using opening = new AsyncDisposableStack();
  const portal = opening.use(await openTestPortal({ env: { PULIH_TTE: "local-test" } }));
  const people = await hireAll(portal);
  const aliases = SYSTEMS.map(({ alias }) => alias);
  const agent = await hireAgent(portal, aliases, { agencies: [AGENCY], registered: false });
  for (const { alias, ...facts } of SYSTEMS) {
    const place = "CONTOH ruang server, rak 3";
    await registerAsset(portal.deps, {
      agency: AGENCY,
      by: "CONTOH Pengelola",
      facts: { ...facts, alias, place, note: null },
    });
  }
  const at = { portal, people, agent };
  await proceed(at, await request(portal, "Dinas Kependudukan", SYSTEMS[0]), null);
  for (const [opd, system, plan] of [
    ["Dinas Perizinan", SYSTEMS[1], "2026-11-24T19:00"],
    ["Dinas Kearsipan", SYSTEMS[2], "2026-11-26T10:30"],
  ] as const) {
    const planned = await request(portal, opd, system);
    await proceed(at, planned, "laksana", { jadwal: plan, lama: "90", sasaran: system?.alias });
  }
  await request(portal, "Dinas Sosial", SYSTEMS[0]);
  portal.clock.advance(90 * MINUTE);
  const asked = await request(portal, "Dinas Kesehatan", SYSTEMS[1]);
  await decided(at, asked, people.decider, {
    decision: "ask",
    pertanyaan: "CONTOH: server perizinan yang mana, yang lama atau yang baru?",
  });
  const waiting = await request(portal, "Dinas Pendidikan", SYSTEMS[2]);
  await request(portal, "Dinas Perhubungan", SYSTEMS[1]);
  portal.clock.advance(5 * MINUTE);
  const sheet = await sheetOf(portal);
  const settings = readSettings(
    {
      PULIH_DATA: portal.pathOf("."),
      PULIH_PORT: "0",
      PULIH_DIST: dist,
      PULIH_TTE: "local-test",
      PULIH_CONTOH: "1",
      PULIH_SESSION_IDLE_MINUTES: "500000",
      PULIH_SESSION_HOURS: "9000",
    },
    root,
  );
  const server = opening.use(
    await startServer(settings, { now: portal.clock.now, log: () => undefined }),
  );
  const stack = opening.move();
  return {
    base: server.base,
    ...people,
    waiting,
    asked,
    sheet,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function hireAll(portal: TestPortal) {
  const hire = (jabatan: string, name: string) => portal.official(AGENCY, jabatan, { name });
  const decider = await hire("administrator", "CONTOH Rahmawati");
  const planner = await hire("pengelola", "CONTOH Hendra");
  const others = [
    await hire("pengawas", "CONTOH Yusuf"),
    await hire("pemeriksa", "CONTOH Lestari"),
  ];
  const admin = await openAdmin(portal);
  const newcomer = { email: "sari@kaltim.contoh.go.id", password: "perahu kuning di hulu" };
  await createUser(portal.deps, { ...newcomer, name: "CONTOH Sari" });
  await assignPosition(portal.deps, {
    email: newcomer.email,
    agency: AGENCY,
    jabatan: "pengawas",
    capacity: "plh",
    since: "2026-11-23",
    until: "2026-12-04",
    decree: "CONTOH",
  });
  return { decider, planner, admin, newcomer, officials: [decider, planner, ...others] };
}

type At = {
  readonly portal: TestPortal;
  readonly people: Awaited<ReturnType<typeof hireAll>>;
  readonly agent: ScriptedAgent;
};

function request(
  portal: TestPortal,
  opd: string,
  system: (typeof SYSTEMS)[number] | undefined,
): Promise<Submitted> {
  portal.clock.advance(MINUTE);
  return submit(portal, KALTIM, {
    jenis: "backup",
    opd: `CONTOH ${opd}`,
    nama: "CONTOH Siti Aminah",
    surel: "siti@opd.contoh.go.id",
    spesifikasi: system?.name ?? "",
    nomorSurat: "CONTOH/12/2026",
    alasan: "CONTOH: pencadangan sebelum pemeliharaan",
  });
}

async function decided(
  { portal }: At,
  { ref }: Submitted,
  by: Official,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { next, head } = await look(portal, ref, by);
  const answer = await decide(portal, ref, by, { act: next?.act, seen: head, ...given });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** Goes on until the act `until` waits, or to the end. */
async function proceed(
  at: At,
  sent: Submitted,
  until: string | null,
  given: { readonly [name: string]: string | undefined } = {},
): Promise<void> {
  const { portal, people, agent } = at;
  for (;;) {
    const outside = await look(portal, sent.ref, { code: sent.code });
    if (!outside.next || outside.next.act === until) return;
    portal.clock.advance(2 * MINUTE);
    if (outside.next.phase === "wait") {
      await agent.work();
      continue;
    }
    for (const official of people.officials) {
      const view = await look(portal, sent.ref, official);
      if (!view.next?.mayAct) continue;
      const filled = decisionFor(view, [given["sasaran"] ?? SYSTEMS[0]?.alias ?? ""]);
      const named = { ...WORDS, ...given, sasaran: filled["sasaran"] };
      const known = Object.entries(named).filter(([name]) => name in filled);
      await decided(at, sent, official, { ...filled, ...Object.fromEntries(known) });
      break;
    }
  }
}

async function sheetOf({ deps }: TestPortal): Promise<OfficeScene["sheet"]> {
  const rows = await deps.db.orm.select().from(documents).where(isNotNull(documents.code));
  const sheet = rows.find(({ title }) => title.startsWith("Lembar disposisi"));
  if (!sheet?.code) throw new Error("no sheet was signed");
  return { pdf: Buffer.from(await deps.files.get(sheet.sha256)), code: sheet.code };
}
