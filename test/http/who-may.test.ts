/**
 * Who may do what, at every act of both SOPs: what is expected is read from the SOP's data and from
 * the dates of decrees and mandates; what happens is asked of the real routes.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localDate } from "#domain/calendar/local-time.ts";
import { positionOf, roleOf } from "#domain/sop/navigate.ts";
import type { Sop, SopAct } from "#domain/sop/schema.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import { openAdmin, post } from "./admin-desk.ts";
import {
  decide,
  decisionFor,
  galatOf,
  KALTIM,
  KUKAR,
  look,
  type Submitted,
  sopOf,
  submit,
  type Visitor,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

/** Local dates of the agencies, both in WITA. */
const FIRST = "2026-12-07";
const LAST = "2026-12-11";
const INSTANTS = [
  "2026-12-06T23:59:59+08:00",
  "2026-12-07T00:00:00+08:00",
  "2026-12-07T23:59:59+08:00",
  "2026-12-11T00:00:00+08:00",
  "2026-12-11T23:59:59+08:00",
  "2026-12-12T00:00:00+08:00",
];

interface Candidate {
  readonly name: string;
  readonly visitor: Visitor;
  readonly person: string | null;
  readonly pemohon: boolean;
  /** Positions of the SOP's agency, with the local dates on which they may act for it. */
  readonly posts: readonly { jabatan: string; since: string; until: string }[];
}

type Outcome = "may" | "wrong" | "same" | "hidden";

describe("who may do what", () => {
  let portal: TestPortal;
  let agent: ScriptedAgent;
  beforeAll(async () => {
    portal = await openTestPortal();
    agent = await hireAgent(portal, ["db-satu"]);
    agent.makeBackup("db-satu");
    await agent.poll({ catalog: true, capacity: 0 });
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  for (const slug of [KALTIM, KUKAR]) {
    it(`at every act of ${slug} is as its SOP says, on each day and at midnight`, {
      timeout: 240_000,
    }, async () => {
      const sop = sopOf(portal, slug);
      const request = await submit(portal, slug);
      const people = await candidates(sop, request);
      const doers = new Map<string, string>([[firstAct(sop), `pemohon`]]);
      const counts: Record<Outcome, number> = { may: 0, wrong: 0, same: 0, hidden: 0 };
      for (;;) {
        const view = await look(portal, request.ref, request);
        if (!view.next) break;
        const { act } = positionOf(sop, view.next.act);
        // While the agent works, a request cannot be ended by anybody: authority is asked before.
        if (view.next.phase !== "wait") {
          const now = portal.clock.now().toISOString();
          for (const at of [now, ...INSTANTS]) {
            portal.clock.set(at);
            for (const one of people) {
              const wanted = expected(sop, act, one, doers);
              expect(
                await outcome({ ...request, head: view.head }, act, one),
                `${act.id}, ${one.name}, ${at}`,
              ).toBe(wanted);
              counts[wanted] += 1;
            }
          }
          portal.clock.set(now);
        }
        await step(sop, request, act, people, doers);
      }
      expect((await look(portal, request.ref, request)).status).toBe("completed");
      for (const kind of ["may", "wrong", "hidden"] as const)
        expect(counts[kind]).toBeGreaterThan(0);
      const parted = sop.langkah.some(({ tindakan }) =>
        tindakan.some(({ bedaOrangDari }) => bedaOrangDari.length > 0),
      );
      expect(counts.same > 0).toBe(parted);
    });
  }

  const firstAct = (sop: Sop): string => sop.langkah[0]?.tindakan[0]?.id ?? "";

  /** Everybody who could try. */
  async function candidates(sop: Sop, request: Submitted): Promise<Candidate[]> {
    const agency = portal.deps.catalog.agencies.get(sop.instansi);
    const posts = agency?.jabatan ?? [];
    const own = await Promise.all(
      posts.map(async ({ id }) => ({ id, who: await portal.official(sop.instansi, id) })),
    );
    const people: Candidate[] = own.map(({ id, who }) => ({
      name: `definitif ${id}`,
      visitor: who,
      person: who.person,
      pemohon: false,
      posts: [{ jabatan: id, since: "2026-01-01", until: "9999-12-31" }],
    }));
    const roles = sop.pelaksana.flatMap(({ peran }) => peran.flatMap(({ jabatan }) => jabatan));
    const window = { since: FIRST, until: LAST };
    for (const jabatan of new Set(roles)) {
      for (const capacity of ["plt", "plh"]) {
        const who = await portal.official(sop.instansi, jabatan, { capacity, ...window });
        people.push({
          name: `${capacity} ${jabatan}`,
          visitor: who,
          person: who.person,
          pemohon: false,
          posts: [{ jabatan, ...window }],
        });
      }
      // Lent to the holder of every other position: their own stays theirs.
      const giver = own.find(({ id }) => id === jabatan);
      for (const { id, who } of own) {
        if (!giver || id === jabatan) continue;
        const given = await post(portal, giver.who, "/api/mandates", {
          jabatan: `${sop.instansi}/${jabatan}`,
          penerima: who.person,
          sejak: FIRST,
          sampai: LAST,
          dasar: "CONTOH",
        });
        expect(given.status, await given.clone().text()).toBe(200);
        const at = people.findIndex(({ person }) => person === who.person);
        const before = people[at];
        if (before) people[at] = { ...before, posts: [...before.posts, { jabatan, ...window }] };
      }
    }
    for (const other of portal.deps.catalog.agencies.values()) {
      if (other.id === sop.instansi) continue;
      for (const { id, tunggal } of other.jabatan) {
        const capacity = tunggal ? "plt" : "definitif";
        const who = await portal.official(other.id, id, { capacity });
        people.push(outsider(`${other.id} ${id}`, who, who.person));
      }
    }
    const admin = await openAdmin(portal);
    people.push(outsider("admin", admin, admin.person));
    const neighbour = await submit(portal, sop.slug, { alasan: "CONTOH lain" });
    people.push(outsider("pemohon of another request", { code: neighbour.code }, null));
    people.push({
      ...outsider("pemohon", { code: request.code }, null),
      pemohon: true,
    });
    return people;
  }

  const outsider = (name: string, visitor: Visitor, person: string | null): Candidate => ({
    name,
    visitor,
    person,
    pemohon: false,
    posts: [],
  });

  function expected(
    sop: Sop,
    act: SopAct,
    one: Candidate,
    doers: ReadonlyMap<string, string>,
  ): Outcome {
    const offset = portal.deps.catalog.agencies.get(sop.instansi)?.calendar.offsetMinutes ?? 0;
    const today = localDate(portal.clock.now(), offset);
    const held = one.posts.filter(({ since, until }) => since <= today && today <= until);
    if (held.length === 0 && !one.pemohon) return "hidden";
    const role = roleOf(sop, act.oleh);
    const has = role.pemohon
      ? one.pemohon
      : held.some(({ jabatan }) => role.jabatan.includes(jabatan));
    if (!has) return "wrong";
    return act.bedaOrangDari.some((other) => doers.get(other) === one.person) ? "same" : "may";
  }

  /** A refusal without its reason is asked about before anything is judged of it, and writes nothing. */
  async function outcome(
    request: Submitted & { readonly head: string },
    act: SopAct,
    one: Candidate,
  ): Promise<Outcome> {
    const seen = request.head;
    const attempt = { act: act.id, seen, decision: "refuse" };
    const { status, code } = await galatOf(await decide(portal, request.ref, one.visitor, attempt));
    if (status === 404) return "hidden";
    if (code === "WORKFLOW_WRONG_PERSON") return "wrong";
    if (code === "WORKFLOW_SAME_PERSON") return "same";
    if (code === "INPUT_INVALID") return "may";
    throw new Error(`${status} ${code}`);
  }

  /** Takes the act as the first who may on this day. */
  async function step(
    sop: Sop,
    request: Submitted,
    act: SopAct,
    people: readonly Candidate[],
    doers: Map<string, string>,
  ): Promise<void> {
    portal.clock.advance(60_000);
    const outside = await look(portal, request.ref, request);
    if (outside.next?.phase === "wait") {
      await agent.work();
      return;
    }
    const doer = people.find((one) => expected(sop, act, one, doers) === "may");
    if (!doer) throw new Error(`nobody may do ${act.id}`);
    const view = await look(portal, request.ref, doer.visitor);
    const done = await decide(portal, request.ref, doer.visitor, decisionFor(view, ["db-satu"]));
    if (!done.ok) throw new Error(`${act.id}: ${done.status} ${await done.text()}`);
    doers.set(act.id, doer.person ?? "pemohon");
  }
});
