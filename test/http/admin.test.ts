import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enrollCodes } from "#db/schema/agents.ts";
import { session } from "#db/schema/auth.ts";
import { adminLog, admins, mandates, positionHolders } from "#db/schema/people.ts";
import type { AdminOverview } from "#functions/services/admin/views.ts";
import { type Official, openTestPortal, type TestPortal } from "#support/server.ts";
import { get, openAccount, openAdmin, post } from "./admin-desk.ts";
import { decide, galatOf, KUKAR, look, submit } from "./office.ts";
import { newAgentKey, ScriptedAgent } from "./scripted-agent.ts";

const HOLDING = {
  instansi: "kukar",
  jabatan: "jft",
  kapasitas: "definitif",
  sejak: "2026-11-01",
  sampai: "",
  dasar: "CONTOH SK",
};

describe("the admin", () => {
  let portal: TestPortal;
  let admin: Official;
  beforeAll(async () => {
    portal = await openTestPortal();
    admin = await openAdmin(portal);
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const done = async <T>(answer: Promise<Response>): Promise<T> => {
    const response = await answer;
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return ((await response.json()) as { data: T }).data;
  };
  const acts = async () => (await portal.deps.db.orm.select().from(adminLog)).map(({ act }) => act);
  const idOf = async (person: string) => {
    const [row] = await portal.deps.db.orm
      .select()
      .from(positionHolders)
      .where(eq(positionHolders.person, person));
    return row?.id ?? "";
  };

  const ROUTES: readonly (readonly [path: string, body: Record<string, string>])[] = [
    ["/people", { surel: "x@contoh.go.id", nama: "X" }],
    ["/people/x/deactivate", {}],
    ["/people/x/reactivate", {}],
    ["/people/x/grant", {}],
    ["/people/x/revoke", {}],
    ["/people/x/recovery", {}],
    ["/positions", { ...HOLDING, orang: "x" }],
    ["/positions/x/end", { sampai: "2026-11-23" }],
    ["/positions/x/correct", { ...HOLDING, alasan: "x" }],
    ["/agents/codes", {}],
    ["/agents/x/approve", { sidik: "x" }],
    ["/agents/x/revoke", {}],
  ];

  it("alone does what the admin routes do; an official is refused and nothing is written", async () => {
    const official = await portal.official("kukar", "kepala-dinas");
    const before = await acts();
    for (const [path, body] of ROUTES) {
      const refused = await post(portal, official, `/api/admin${path}`, body);
      expect(await galatOf(refused), path).toMatchObject({ status: 403, code: "ADMIN_ONLY" });
      const nobody = await post(portal, null, `/api/admin${path}`, body);
      expect(nobody.status, path).toBe(401);
    }
    const read = await portal.fetch("/api/admin/overview", {
      headers: { cookie: official.cookie },
    });
    expect(read.status).toBe(403);
    expect(await acts()).toEqual(before);
  });

  it("adds a person whose password nobody else knows, and gives them a position", async () => {
    const made = await done<{ person: string; link: string }>(
      post(portal, admin, "/api/admin/people", {
        surel: "Baru@contoh.go.id ",
        nama: "CONTOH Baru",
      }),
    );
    expect(made.link).toMatch(/^http:\/\/portal\.test\/masuk\/pulihkan\/\?kode=/);
    await done(post(portal, admin, "/api/admin/positions", { ...HOLDING, orang: made.person }));
    const { log } = await get<AdminOverview>(portal, admin, "/api/admin/overview");
    expect(log.slice(0, 3).map(({ act, by, person }) => [act, by, person])).toEqual([
      ["position_assigned", "CONTOH Admin", "CONTOH Baru"],
      ["recovery_issued", "CONTOH Admin", "CONTOH Baru"],
      ["user_added", "CONTOH Admin", "CONTOH Baru"],
    ]);
    const detail = await portal.deps.db.orm.select().from(adminLog);
    expect(JSON.stringify(detail)).not.toContain(made.link.split("=")[1]);
    const twice = await post(portal, admin, "/api/admin/people", {
      surel: "baru@contoh.go.id",
      nama: "",
    });
    expect((await galatOf(twice)).perbaikan.map(({ field }) => field)).toEqual(["nama"]);
  });

  it("cannot put two definitif holders on a single position, but a Plt. beside one", async () => {
    const person = (await openAccount(portal, "CONTOH Kedua")).person;
    const kadis = { ...HOLDING, jabatan: "kepala-dinas", orang: person };
    const refused = await galatOf(await post(portal, admin, "/api/admin/positions", kadis));
    expect(refused).toMatchObject({ status: 422, perbaikan: [{ field: "sejak" }] });
    await done(post(portal, admin, "/api/admin/positions", { ...kadis, kapasitas: "plt" }));
    const again = await galatOf(
      await post(portal, admin, "/api/admin/positions", { ...kadis, kapasitas: "plh" }),
    );
    expect(again.perbaikan[0]?.pesan).toMatch(/sudah memegang/);
  });

  it("cannot do so by two appointments at the same moment either: one of them stands", async () => {
    await using fresh = await openTestPortal();
    const first = await openAdmin(fresh);
    const people = await Promise.all(["Satu", "Dua"].map((name) => openAccount(fresh, name)));
    const answers = await Promise.all(
      people.map(({ person }) =>
        post(fresh, first, "/api/admin/positions", {
          ...HOLDING,
          jabatan: "kepala-dinas",
          orang: person,
        }),
      ),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await fresh.deps.db.orm.select().from(positionHolders)).toHaveLength(1);
  });

  it("names every field to mend of a wrong position", async () => {
    const wrong = {
      instansi: "kukar",
      jabatan: "ketua",
      kapasitas: "x",
      sejak: "besok",
      sampai: "y",
    };
    const galat = await galatOf(await post(portal, admin, "/api/admin/positions", wrong));
    expect(galat.status).toBe(422);
    expect(galat.perbaikan).toEqual([
      { field: "orang", pesan: expect.stringMatching(/\.$/) as string },
    ]);
    const { person } = await openAccount(portal, "CONTOH Salah");
    const fields = (
      await galatOf(await post(portal, admin, "/api/admin/positions", { ...wrong, orang: person }))
    ).perbaikan.map(({ field }) => field);
    expect(fields).toEqual(["jabatan", "kapasitas", "sejak", "sampai", "dasar"]);
  });

  it("ends a position early and corrects one with a reason, keeping what stood there", async () => {
    const official = await portal.official("kaltim", "pengawas");
    const id = await idOf(official.person);
    const late = await post(portal, admin, `/api/admin/positions/${id}/end`, {
      sampai: "2025-12-30",
    });
    expect((await galatOf(late)).perbaikan[0]?.field).toBe("sampai");
    await done(post(portal, admin, `/api/admin/positions/${id}/end`, { sampai: "2026-11-22" }));
    expect(await get(portal, official, "/api/inbox")).toEqual([]);
    const correction = {
      ...HOLDING,
      sejak: "2026-01-01",
      sampai: "2026-12-31",
      dasar: "CONTOH SK 2",
    };
    const mute = await post(portal, admin, `/api/admin/positions/${id}/correct`, correction);
    expect((await galatOf(mute)).perbaikan[0]?.field).toBe("alasan");
    await done(
      post(portal, admin, `/api/admin/positions/${id}/correct`, { ...correction, alasan: "salah" }),
    );
    const { log } = await get<AdminOverview>(portal, admin, "/api/admin/overview");
    expect(log[0]).toMatchObject({
      act: "position_corrected",
      detail: {
        before: "definitif 2026-01-01/2026-11-22 CONTOH",
        after: "definitif 2026-01-01/2026-12-31 CONTOH SK 2",
        reason: "salah",
      },
    });
  });

  it("never holds a position or a mandate, and no holder becomes admin", async () => {
    const both = await post(portal, admin, "/api/admin/positions", {
      ...HOLDING,
      orang: admin.person,
    });
    expect(await galatOf(both)).toMatchObject({ status: 409, code: "ADMIN_NO_POSITION" });
    const giver = await portal.official("kaltim", "pengelola");
    const lent = await post(portal, giver, "/api/mandates", {
      jabatan: "kaltim/pengelola",
      penerima: admin.person,
      sejak: "2026-11-23",
      sampai: "2026-11-24",
      dasar: "CONTOH",
    });
    expect(lent.status).toBe(422);
    const grant = await post(portal, admin, `/api/admin/people/${giver.person}/grant`);
    expect(await galatOf(grant)).toMatchObject({ status: 409, code: "ADMIN_NO_POSITION" });
    // A holding that begins tomorrow counts as well.
    const later = await openAccount(portal, "CONTOH Nanti");
    await done(
      post(portal, admin, "/api/admin/positions", {
        ...HOLDING,
        orang: later.person,
        sejak: "2026-12-01",
      }),
    );
    expect((await post(portal, admin, `/api/admin/people/${later.person}/grant`)).status).toBe(409);
    const rows = await portal.deps.db.orm.select().from(admins);
    expect(rows.map(({ person }) => person)).toEqual([admin.person]);
  });

  it("sees and decides no request, even with a row that says they hold a position", async () => {
    const request = await submit(portal, KUKAR);
    await portal.deps.db.orm.insert(positionHolders).values({
      id: "behind-the-rules",
      person: admin.person,
      agency: "kukar",
      jabatan: "kepala-dinas",
      capacity: "definitif",
      since: "2026-01-01",
      decree: "x",
      createdAt: "x",
    });
    await expect(look(portal, request.ref, admin)).rejects.toThrow(/^404/);
    const body = { act: "disposisi-kadis", seen: "x", decision: "perform" };
    expect((await decide(portal, request.ref, admin, body)).status).toBe(404);
    expect(await get(portal, admin, "/api/inbox")).toEqual([]);
    const overview = JSON.stringify(await get(portal, admin, "/api/admin/overview"));
    expect(overview).not.toContain(request.ref);
    await portal.deps.db.orm
      .delete(positionHolders)
      .where(eq(positionHolders.id, "behind-the-rules"));
  });

  it("deactivates a person: sessions and mandates end, and a new sign-in leads nowhere", async () => {
    const giver = await portal.official("kaltim", "pengelola", { name: "CONTOH Pemberi" });
    const receiver = await portal.official("kaltim", "pemeriksa");
    await done(
      post(portal, giver, "/api/mandates", {
        jabatan: "kaltim/pengelola",
        penerima: receiver.person,
        sejak: "2026-11-23",
        sampai: "2026-11-30",
        dasar: "CONTOH",
      }),
    );
    await done(post(portal, admin, `/api/admin/people/${giver.person}/deactivate`));
    const { orm } = portal.deps.db;
    expect(await orm.select().from(session).where(eq(session.userId, giver.person))).toEqual([]);
    const [lent] = await orm.select().from(mandates).where(eq(mandates.giver, giver.person));
    expect(lent?.endedAt).not.toBeNull();
    expect((await portal.fetch("/api/inbox", { headers: { cookie: giver.cookie } })).status).toBe(
      401,
    );
    await done(post(portal, admin, `/api/admin/people/${giver.person}/reactivate`));
    const self = await post(portal, admin, `/api/admin/people/${admin.person}/deactivate`);
    expect(await galatOf(self)).toMatchObject({ status: 409, code: "ADMIN_SELF" });
    const absent = await post(portal, admin, "/api/admin/people/tidak-ada/deactivate");
    expect(absent.status).toBe(404);
  });

  it("shares the part with another and takes it back, but never from oneself", async () => {
    const second = await openAccount(portal, "CONTOH Admin Dua");
    await done(post(portal, admin, `/api/admin/people/${second.person}/grant`));
    expect((await get<AdminOverview>(portal, second, "/api/admin/overview")).counts.admins).toBe(2);
    const self = await post(portal, admin, `/api/admin/people/${admin.person}/revoke`);
    expect(await galatOf(self)).toMatchObject({ status: 409, code: "ADMIN_SELF" });
    await done(post(portal, admin, `/api/admin/people/${second.person}/revoke`));
    const over = await portal.fetch("/api/admin/overview", { headers: { cookie: second.cookie } });
    expect(over.status).toBe(403);
  });

  it("lets an agent in only by the fingerprint on its own screen, and puts it out for good", async () => {
    const { code } = await done<{ code: string }>(
      post(portal, admin, "/api/admin/agents/codes", { instansi: ["kukar"] }),
    );
    const stored = await portal.deps.db.orm.select().from(enrollCodes);
    expect(JSON.stringify(stored)).not.toContain(code);
    const agent = new ScriptedAgent(portal, await newAgentKey(), ["db"]);
    const enrolled = await agent.enroll(code);
    const path = `/api/admin/agents/${enrolled.agent}`;
    const wrong = await galatOf(await post(portal, admin, `${path}/approve`, { sidik: "AAAA" }));
    expect(wrong).toMatchObject({ status: 422, perbaikan: [{ field: "sidik" }] });
    const pending = await get<AdminOverview>(portal, admin, "/api/admin/overview");
    expect(pending.pendingAgents.map(({ id }) => id)).toEqual([enrolled.agent]);
    await done(post(portal, admin, `${path}/approve`, { sidik: enrolled.fingerprint }));
    await agent.openSession();
    await agent.poll({ catalog: true, capacity: 0 });
    portal.clock.advance(11 * 60_000);
    const silent = await get<AdminOverview>(portal, admin, "/api/admin/overview");
    expect(silent.silentAgents.map(({ id, targets }) => [id, targets])).toEqual([
      [enrolled.agent, 1],
    ]);
    await done(post(portal, admin, `${path}/revoke`));
    expect(
      (await agent.send("/session", { bootId: "b", protocols: [1], version: "0" })).status,
    ).toBe(403);
    expect((await acts()).slice(-3)).toEqual([
      "agent_code_made",
      "agent_approved",
      "agent_revoked",
    ]);
  });

  it("is told of roles without a holder, of ends to come and of duties nobody can part", async () => {
    await using fresh = await openTestPortal();
    const first = await openAdmin(fresh);
    const before = await get<AdminOverview>(fresh, first, "/api/admin/overview");
    const sops = [...fresh.deps.catalog.sops.values()].map(({ sop }) => sop);
    const roles = sops.flatMap((sop) =>
      sop.pelaksana.flatMap(({ peran }) => peran.filter((role) => !role.pemohon)),
    );
    expect(before.vacant).toHaveLength(roles.length);
    const alone = await fresh.official("kaltim", "pengelola", { until: "2026-12-23" });
    await done(
      post(fresh, first, "/api/admin/positions", {
        ...HOLDING,
        instansi: "kaltim",
        jabatan: "pemeriksa",
        sampai: "2026-12-24",
        orang: alone.person,
      }),
    );
    const after = await get<AdminOverview>(fresh, first, "/api/admin/overview");
    expect(after.vacant).toHaveLength(roles.length - 2);
    expect(after.ending.map(({ until }) => until)).toEqual(["2026-12-23"]);
    expect(after.unseparated).toHaveLength(1);
  });

  it("answers a form of a page with the page again, the mistake beside its field", async () => {
    const answer = await portal.fetch("/api/admin/people", {
      method: "POST",
      headers: { cookie: admin.cookie, accept: "text/html" },
      body: new URLSearchParams({ surel: "bukan-surel", nama: "" }),
    });
    expect(answer.status).toBe(303);
    const to = new URL(answer.headers.get("location") ?? "", "http://x");
    expect(to.pathname).toBe("/ruang-kerja/admin/orang/");
    const draft = portal.services.drafts.read(to.searchParams.get("draf") ?? "");
    expect(draft?.problems.map(({ field }) => field)).toEqual(["surel", "nama"]);
  });
});
