import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadCatalog } from "#catalog/load.ts";
import type { WorkCalendar } from "#domain/calendar/types.ts";
import { firstAct, nextAct, positions, roleOf } from "#domain/sop/navigate.ts";
import { seal } from "#domain/trust/event-chain.ts";
import type { Actor, ContentRef, WorkflowEvent } from "#domain/workflow/types.ts";
import { project, type RunningSop } from "#functions/services/requests/project.ts";

const content: ContentRef = { id: "c", commitment: "0".repeat(64) };
const catalog = await loadCatalog(fileURLToPath(new URL("../../content", import.meta.url)));
const entry = catalog.sops.get("kaltim-backup-restore-database");
if (!entry) throw new Error("no SOP");
const { sop } = entry;

/** Works round the clock, so that working minutes are minutes. */
const always: WorkCalendar = {
  offsetMinutes: 480,
  hours: [
    {
      since: "2000-01-01",
      until: null,
      week: Array.from({ length: 7 }, () => [{ from: 0, to: 1440 }]) as never,
    },
  ],
  daysOff: new Set(),
  minutesPerDay: 1440,
};
const running: RunningSop = {
  sop,
  digest: entry.digest,
  bytes: entry.bytes,
  calendar: always,
  calendars: [{ since: "", calendar: always }],
};

function actorOf(act: string): Actor {
  const found = positions(sop).find((one) => one.act.id === act);
  const role = roleOf(sop, found?.act.oleh ?? "");
  return role.pemohon
    ? { person: "pemohon:s", jabatan: "pemohon", capacity: "pemohon" }
    : { person: `p-${role.id}`, jabatan: role.jabatan[0] ?? "", capacity: "definitif" };
}
const submitted: WorkflowEvent = {
  type: "submitted",
  act: firstAct(sop).id,
  kind: "backup",
  sop: { slug: sop.slug, digest: entry.digest },
  by: actorOf(firstAct(sop).id),
  content,
  documents: [],
};
const performed = (act: string): WorkflowEvent => ({
  type: "act_performed",
  act,
  by: actorOf(act),
  ticks: [],
  content: null,
  documents: [],
  branch: null,
});

/** Seals each event ten minutes after the one before. */
async function stream(events: readonly WorkflowEvent[]) {
  const sealed = [];
  let head = { version: 0, head: "" };
  for (const [index, event] of events.entries()) {
    const at = new Date(Date.UTC(2026, 10, 23, 1, index * 10));
    const [one] = await seal("s", head, at, [event]);
    if (!one) throw new Error("nothing was sealed");
    sealed.push(one);
    head = { version: one.stored.version, head: one.hash };
  }
  return sealed;
}

describe("the step log", () => {
  const [first, second, third] = [0, 1, 2].map((index) => positions(sop)[index]?.act.id ?? "");

  it("starts the clock of a step when the one before closed, and closes it with its last act", async () => {
    const { steps, row } = project(
      running,
      await stream([submitted, performed(second ?? ""), performed(third ?? "")]),
    );
    expect(
      steps.map(({ step, outcome, workingMinutes, onTime }) => [
        step,
        outcome,
        workingMinutes,
        onTime,
      ]),
    ).toEqual([
      [1, "closed", null, null],
      [2, "closed", 20, false],
      [3, "open", null, null],
    ]);
    expect(row).toMatchObject({ step: 3, act: nextAct(sop, third ?? "")?.id, status: "active" });
    expect(row.dueAt).toBe("2026-11-23T02:20:00.000Z");
  });

  it("opens steps anew after a return, as a further round", async () => {
    const back: WorkflowEvent = {
      type: "returned",
      from: second ?? "",
      to: first ?? "",
      by: actorOf(second ?? ""),
      content,
    };
    const { steps } = project(running, await stream([submitted, back, performed(first ?? "")]));
    expect(
      steps.map(({ step, round, outcome, workingMinutes }) => [
        step,
        round,
        outcome,
        workingMinutes,
      ]),
    ).toEqual([
      [1, 1, "closed", null],
      [2, 1, "returned", 10],
      [1, 2, "closed", 10],
      [2, 2, "open", null],
    ]);
  });

  it("stands while the pemohon is waited for, and moves the due time when it goes on", async () => {
    const by = actorOf(second ?? "");
    const asked: WorkflowEvent = { type: "asked", act: second ?? "", by, content };
    const answered: WorkflowEvent = { type: "answered", by: submitted.by, content };
    const open = project(running, await stream([submitted, asked]));
    expect(open.row).toMatchObject({ awaitsAnswer: true, dueAt: "2026-11-23T01:15:00.000Z" });
    // Asked once more when it was late already, which moves nothing.
    const again = project(running, await stream([submitted, asked, answered, asked, answered]));
    expect(again.row).toMatchObject({ awaitsAnswer: false, dueAt: "2026-11-23T01:25:00.000Z" });
    expect(again.steps[1]).toMatchObject({ pausedMinutes: 20, outcome: "open" });
  });

  it("judges what is over by the calendar known then, and what is open by the newest", async () => {
    const idle: WorkCalendar = { ...always, daysOff: new Set(["2026-11-23"]) };
    const events = await stream([submitted, performed(second ?? ""), performed(third ?? "")]);
    const learnt = (since: string) =>
      project(
        {
          ...running,
          calendars: [
            { since: "", calendar: always },
            { since, calendar: idle },
          ],
        },
        events,
      );
    const after = learnt("2026-11-23T01:21:00.000Z");
    expect(after.steps[1]).toMatchObject({ workingMinutes: 20, onTime: false });
    expect(after.row.dueAt).toBe("2026-11-23T17:00:00.000Z");
    const before = learnt("2026-11-23T01:15:00.000Z");
    expect(before.steps[1]).toMatchObject({ workingMinutes: 0, onTime: true });
  });

  it("stops the clock at a refusal, which closes no step", async () => {
    const refused: WorkflowEvent = {
      type: "refused",
      act: second ?? "",
      by: actorOf(second ?? ""),
      reason: "kapasitas",
      content,
    };
    const { steps, row } = project(running, await stream([submitted, refused]));
    expect(steps.at(-1)).toMatchObject({ step: 2, outcome: "stopped", onTime: null });
    expect(row).toMatchObject({
      status: "refused",
      refusal: "kapasitas",
      step: null,
      dueAt: null,
      act: null,
    });
    expect(row.closedAt).toBe("2026-11-23T01:10:00.000Z");
  });

  it("is the same whenever it is made", async () => {
    const events = await stream([submitted, performed(second ?? "")]);
    expect(project(running, events)).toEqual(project(running, events));
  });
});
