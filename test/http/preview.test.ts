/** What officials are told before a restore of what it would change; nobody else is. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { decisionFor } from "./office.ts";
import { RestoreDesk, TABLE } from "./restore-desk.ts";

let desk: RestoreDesk;
beforeAll(async () => {
  desk = await RestoreDesk.open();
}, 60_000);
afterAll(() => desk.close());
beforeEach(() => desk.submitNext());

describe("a preview", () => {
  it("tells who decides next what the restore would do, by the very order that will run", async () => {
    await desk.upTo("laksana");
    expect((await desk.seenBy(desk.pengelola)).preview).toMatchObject({
      mayStart: true,
      newest: null,
    });
    expect((await desk.seenBy(desk.pemeriksa)).preview).toMatchObject({ mayStart: false });
    await desk.sent(desk.pengelola, { decision: "preview" });
    const working = await desk.seenBy(desk.pengelola);
    expect(working.preview).toMatchObject({ mayStart: false, newest: { state: "ready" } });
    expect(working.next?.phase).toBe("start");
    expect(await desk.refused(desk.pengelola, decisionFor(working, []))).toMatchObject({
      status: 409,
      code: "WORKFLOW_JOB_ACTIVE",
    });
    await desk.agent.work();
    const { preview } = await desk.seenBy(desk.pengelola);
    expect(preview).toMatchObject({ mayStart: true, newest: { current: true, error: null } });
    expect(preview?.newest?.targets).toMatchObject([
      {
        alias: "db-satu",
        sentence:
          "Pemulihan ini akan menambah 14.220 baris, mengubah 3, dan menghilangkan 512 baris yang ditulis sesudah cadangan.",
        units: [{ name: TABLE, lost: 512 }, { name: "public.cuti" }],
        equalUnits: 41,
        definitions: [{ change: "lost" }, { kind: "views", name: "public.daftar" }],
        unlistedDefinitions: 1,
      },
    ]);
    const [frozen, looked] = await desk.specs();
    expect(looked).toMatchObject({ action: "preview", destructive: false, restored: null });
    for (const key of ["choices", "manifests", "agent", "act", "sop"]) {
      expect(looked[key], key).toEqual(frozen[key]);
    }
  });

  it("may be made again, fails without harm, and is over once the restore began", async () => {
    await desk.upTo("laksana");
    await desk.sent(desk.pengelola, { decision: "preview" });
    await desk.agent.work("failed");
    const failed = await desk.seenBy(desk.pengelola);
    expect(failed.preview?.newest).toMatchObject({ state: "failed", targets: [] });
    expect(failed.preview?.newest?.error).toContain("Data lama tidak disentuh");
    expect(failed.next?.phase).toBe("start");
    await desk.sent(desk.pengelola, { decision: "preview" });
    await desk.agent.work();
    await desk.start();
    const begun = await desk.seenBy(desk.pengelola);
    expect(begun.preview).toBeNull();
    expect(
      await desk.refused(desk.pengelola, { act: "laksana", seen: begun.head, decision: "preview" }),
    ).toMatchObject({ status: 409, code: "WORKFLOW_PREVIEW" });
    await desk.agent.work();
    const end = await desk.upTo(null);
    expect(end.status).toBe("completed");
    const measured = await desk.portal.deps.db.orm.query.targetMeasures.findMany();
    expect(new Set(measured.map(({ action }) => action))).toEqual(new Set(["backup", "restore"]));
  });

  it("is for those who may take the open act only, and not before the order is fixed", async () => {
    await desk.upTo("rencana");
    const early = await desk.seenBy(desk.pengelola);
    expect(early.preview).toBeNull();
    expect(
      await desk.refused(desk.pengelola, { act: "rencana", seen: early.head, decision: "preview" }),
    ).toMatchObject({ code: "WORKFLOW_PREVIEW" });
    const { head } = await desk.upTo("laksana");
    for (const visitor of [desk.pemeriksa, desk.pengawas, { code: desk.request.code }]) {
      expect(
        await desk.refused(visitor, { act: "laksana", seen: head, decision: "preview" }),
      ).toMatchObject({ status: 403, code: "WORKFLOW_WRONG_PERSON" });
    }
  });

  it("tells the pemohon and the public no more than that officials look into it", async () => {
    await desk.upTo("laksana");
    await desk.sent(desk.pengelola, { decision: "preview" });
    const pages = async () => {
      const mine = await desk.seenBy({ code: desk.request.code });
      const open = await desk.portal.services.requests.track({
        ref: desk.request.ref,
        code: null,
        requestId: "r",
      });
      return { mine, open };
    };
    const during = await pages();
    expect([during.mine.underReview, during.open.underReview]).toEqual([true, true]);
    await desk.agent.work();
    const after = await pages();
    expect([after.mine.underReview, after.open.underReview]).toEqual([false, false]);
    for (const view of [during.mine, during.open, after.mine, after.open]) {
      expect(view).toMatchObject({ preview: null, keptCopies: [] });
      expect(JSON.stringify(view)).not.toContain(TABLE);
      expect(view.jobs.map(({ action }) => action)).not.toContain("preview");
    }
    const told = after.mine.timeline.filter(({ type }) => type === "preview_started");
    expect(told).toMatchObject([{ text: "Permohonan ditinjau petugas.", outsideSop: true }]);
    expect(after.mine.timeline.at(-1)?.text).toBe("Permohonan ditinjau petugas.");
  });
});
