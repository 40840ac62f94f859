/** A served portal in full use: long words, many requests, letters, assets, plans, mandates, people. */
import { join } from "node:path";
import { roleOf } from "#domain/sop/navigate.ts";
import type { RequestView } from "#domain/workflow/view.ts";
import { readSettings } from "#functions/env.ts";
import { type RunningServer, startServer } from "#functions/http/server.ts";
import { createUser } from "#functions/services/people/create-user.ts";
import { openAdmin } from "../http/admin-desk.ts";
import {
  decide,
  KALTIM,
  look,
  Office,
  postJson,
  type Submitted,
  sopOf,
  submit,
  walk,
} from "../http/office.ts";
import { hireAgent } from "../http/scripted-agent.ts";
import { registerAll } from "./assets.ts";
import { assertBuilt, dist } from "./built-site.ts";
import { multiply } from "./request-crowd.ts";
import { type Official, openTestPortal, type TestPortal } from "./server.ts";

const TARGETS = ["arsip-db", "surat-db"];
/** One word, as long as a form takes. */
const LONG_NAME = `CONTOH${"Dinaskependudukan".repeat(24)}`.slice(0, 199);
const LONG_TEXT = "CONTOH: periksa kelengkapan berkas sebelum pekerjaan dimulai. "
  .repeat(65)
  .slice(0, 4_000);
const DAY_MINUTES = 1_440;

/** Requests of every kind of state that pages show apart. */
export interface StaffRequests {
  /** Ended, with letters that the sample signer signed. */
  readonly closed: Submitted;
  /** Waits for a plan; two others are planned for the same hour. */
  readonly toPlan: Submitted;
  readonly planned: readonly Submitted[];
  /** Waits for the pemohon's answer. */
  readonly asked: Submitted;
  /** New, from an OPD with a name of one long word. */
  readonly fresh: Submitted;
}

export interface StaffSite extends AsyncDisposable {
  readonly portal: TestPortal;
  readonly server: RunningServer;
  readonly requests: StaffRequests;
  readonly information: Submitted;
  /** Who takes the first act, plans, checks; the PPID; the admin; one whose agency has no request. */
  readonly people: Readonly<
    Record<"first" | "planner" | "checker" | "ppid" | "superior" | "admin" | "idle", Official>
  >;
}

/** `crowd`: how many open requests, `assets`: how many assets, `accounts`: how many other people. */
export async function openStaffSite(size: {
  readonly crowd: number;
  readonly assets: number;
  readonly accounts: number;
}): Promise<StaffSite> {
  assertBuilt();
  const portal = await openTestPortal({ env: { PULIH_TTE: "local-test" } });
  const agent = await hireAgent(portal, TARGETS);
  const office = new Office(portal);
  const sop = sopOf(portal, KALTIM);
  const until = (submitted: Submitted, stop: (view: RequestView) => boolean) =>
    walk(office, KALTIM, submitted, { targets: TARGETS, agent, until: stop });
  const plans = (view: RequestView): boolean => view.next?.kind === "perencanaan";
  const ask = (opd: string): Promise<Submitted> =>
    submit(portal, KALTIM, { opd, jenis: "backup", alasan: `CONTOH ${crypto.randomUUID()}` });

  const closed = await ask("CONTOH Dinas Arsip");
  await until(closed, () => false);
  const planned = [await ask("CONTOH Dinas Peta"), await ask(LONG_NAME)];
  for (const one of planned) {
    let wasPlan = false;
    await until(one, (view) => {
      const stop = wasPlan && !plans(view);
      wasPlan ||= plans(view);
      return stop;
    });
  }
  const toPlan = await submit(portal, KALTIM, {
    opd: "CONTOH Dinas Sosial",
    jenis: "backup",
    alasan: LONG_TEXT.slice(0, 1_500),
  });
  await until(toPlan, plans);
  const fresh = await ask(LONG_NAME);
  const asked = await ask("CONTOH Dinas Perhubungan");
  const waiting = await look(portal, asked.ref, { code: asked.code });
  const first = await office.of(sop, waiting.next?.role ?? "");
  const view = await look(portal, asked.ref, first);
  const question = { act: view.next?.act, seen: view.head, decision: "ask", pertanyaan: LONG_TEXT };
  await sure(decide(portal, asked.ref, first, question));
  const planner = await office.of(sop, "pengelola");
  const checker = await office.of(sop, "pemeriksa");
  const [jabatan = ""] = roleOf(sop, "pengelola").jabatan;
  for (const [sejak, sampai] of [
    ["2026-11-23", "2026-11-27"],
    ["2026-12-07", "2026-12-11"],
  ]) {
    const mandate = {
      ...{ jabatan: `${sop.instansi}/${jabatan}`, penerima: checker.person, sejak, sampai },
      dasar: "CONTOH surat perintah dinas luar, cuti, atau sakit",
    };
    await sure(postJson(portal, "/api/mandates", mandate, { cookie: planner.cookie }));
  }
  const aliases = Array.from({ length: size.assets }, (_, at) => `contoh-sasaran-${at}`);
  await registerAll(portal, aliases);
  for (let at = 0; at < size.accounts; at += 1) {
    const password = crypto.randomUUID();
    const name = at === 0 ? LONG_NAME : `CONTOH Pegawai ${at}`;
    await createUser(portal.deps, { email: `pegawai-${at}@contoh.go.id`, name, password });
  }
  const admin = await openAdmin(portal);
  const ppid = await portal.official("kukar", "ppid");
  const superior = await portal.official("kukar", "atasan-ppid");
  const idle = await portal.official("kukar", "kepala-dinas");
  const information = await askForInformation(portal, LONG_TEXT.slice(0, 1_500));
  await askForInformation(portal, "CONTOH: daftar SOP yang berlaku tahun 2026");

  const server = await startServer(
    readSettings(
      {
        PULIH_DATA: portal.pathOf("."),
        PULIH_PORT: "0",
        PULIH_DIST: dist,
        PULIH_TTE: "local-test",
        PULIH_CONTOH: "1",
        PULIH_SESSION_IDLE_MINUTES: "500000",
        PULIH_LIMIT_SIGN_IN: "1000",
        PULIH_LIMIT_TRACK: "1000",
      },
      join(import.meta.dirname, "..", ".."),
    ),
    { now: portal.clock.now, log: () => undefined },
  );
  // The copies cannot be opened, so they come after the server has reckoned its clocks.
  await multiply(portal.deps, fresh.ref, size.crowd, {
    dueIn: (at) => (at % 7) * DAY_MINUTES - 3 * DAY_MINUTES,
    before: (at) => at * 90,
  });
  return {
    portal,
    server,
    requests: { closed, toPlan, planned, asked, fresh },
    information,
    people: { first, planner, checker, ppid, superior, admin, idle },
    async [Symbol.asyncDispose]() {
      await server.close();
      await portal[Symbol.asyncDispose]();
    },
  };
}

async function askForInformation(portal: TestPortal, informasi: string): Promise<Submitted> {
  const form = {
    ...{ instansi: "kukar", informasi, tujuan: "CONTOH: penelitian", cara: "salinan-elektronik" },
    ...{ jenisPemohon: "perorangan", nama: "CONTOH Peminta", alamat: "Jalan CONTOH 7" },
    surel: "peminta@contoh.go.id",
  };
  const answer = await sure(postJson(portal, "/api/ppid", form));
  return ((await answer.json()) as { data: Submitted }).data;
}

async function sure(sent: Promise<Response>): Promise<Response> {
  const answer = await sent;
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer;
}
