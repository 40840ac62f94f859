import { describe, expect, test } from "vitest";
import type { WorkflowEvent } from "#domain/workflow/types.ts";
import { actor, approvedParts, type Wish } from "../agent/approved-offer.ts";
import { outside, reason, restoreWish, withEvents, withSpec } from "./offer-verdict.ts";

describe("what is outside the SOP", () => {
  const drop: Wish = { ...restoreWish, action: "drop" };
  const rollback: Wish = { ...restoreWish, action: "rollback" };
  const preview: Wish = { ...restoreWish, action: "preview" };

  test("says whether it destroys, and of which restore it speaks", async () => {
    const changed = async (wish: Wish, change: object) =>
      reason(await withSpec(await approvedParts(wish), change, true));
    expect(await changed(preview, { destructive: true })).toBe("malformed");
    expect(await changed(rollback, { destructive: false })).toBe("malformed");
    expect(await changed(drop, { destructive: false })).toBe("malformed");
    expect(await changed(preview, { restored: "job-0" })).toBe("malformed");
    expect(await changed(restoreWish, { restored: "job-0" })).toBe("malformed");
    expect(await changed(drop, { restored: null })).toBe("malformed");
    expect(await changed(rollback, { restored: "job-9" })).toBe("not_approved");
  });

  test("is not the other thing that was approved", async () => {
    expect(
      await reason(await withSpec(await approvedParts(drop), { action: "rollback" }, true)),
    ).toBe("not_approved");
    const restored = await withSpec(
      await approvedParts(preview),
      { action: "restore", destructive: true },
      true,
    );
    expect(await reason(restored)).toBe("not_approved");
  });

  test("works on the targets and backups of the restore, by its act", async () => {
    for (const wish of outside) {
      const parts = await approvedParts(wish);
      const elsewhere = { choices: [{ alias: "berkas", backup: "b1" }] };
      expect(await reason(await withSpec(parts, elsewhere, true))).toBe("not_approved");
      expect(await reason(await withSpec(parts, { act: "periksa" }, true))).toBe("not_approved");
      expect(await reason(await withSpec(parts, { manifests: {} }, true))).toBe("malformed");
    }
  });

  test("reads the backup for a preview; what was kept may outlive it", async () => {
    const gone = { knownManifest: () => null };
    expect(await reason(await approvedParts(preview), gone)).toBe("manifest_differs");
    expect(await reason(await approvedParts(rollback), gone)).toBe("ok");
    expect(await reason(await approvedParts(drop), gone)).toBe("ok");
  });

  test("needs another person's approval than the one who asked or sent the restore", async () => {
    const parts = await approvedParts(rollback);
    const by = (type: WorkflowEvent["type"], person: string, jabatan: string) =>
      withEvents(parts, (events) =>
        events.map((event) =>
          event.type === type ? ({ ...event, by: actor(person, jabatan) } as WorkflowEvent) : event,
        ),
      );
    expect(await reason(by("follow_up_approved", "sari", "kabid"))).toBe("same_person");
    expect(await reason(by("follow_up_asked", "budi", "teknisi"))).toBe("same_person");
    expect(await reason(by("follow_up_asked", "tono", "auditor"))).toBe("ok");
    const starter = withEvents(by("follow_up_asked", "tono", "auditor"), (events) =>
      events.map((event) =>
        event.type === "job_started" ? { ...event, by: actor("budi", "teknisi") } : event,
      ),
    );
    expect(await reason(starter)).toBe("same_person");
  });

  test("is refused where it was declined, withdrawn, ended, or done already", async () => {
    const parts = await approvedParts(drop);
    const content = { id: "c2", commitment: "c".repeat(64) };
    const decline = withEvents(parts, (events) =>
      events.map((event) =>
        event.type === "follow_up_approved"
          ? { type: "follow_up_declined", action: "drop", job: "job-1", by: event.by, content }
          : event,
      ),
    );
    expect(await reason(decline)).toBe("not_approved");
    const takenBack: WorkflowEvent = {
      type: "follow_up_withdrawn",
      action: "drop",
      job: "job-1",
      by: actor("sari", "teknisi"),
    };
    for (const approvedAfter of [false, true]) {
      const withdrawn = withEvents(parts, (events) =>
        events.flatMap((event): WorkflowEvent[] => {
          if (event.type !== "follow_up_approved") return [event];
          return approvedAfter ? [takenBack, event] : [takenBack];
        }),
      );
      expect(await reason(withdrawn)).toBe("not_approved");
    }
    for (const outcome of ["succeeded", "failed"] as const) {
      const ended = withEvents(parts, (events) => [
        ...events,
        { type: "job_finished", job: "job-1", outcome, result: "f".repeat(64) },
      ]);
      expect(await reason(ended)).toBe("not_approved");
    }
  });

  test("goes on after the request was completed, where a preview does not", async () => {
    const close = (sopActs: readonly WorkflowEvent[]) => (events: WorkflowEvent[]) => {
      const at = events.findIndex(({ type }) => type === "follow_up_asked");
      return at < 0 ? [...events, ...sopActs] : events.toSpliced(at, 0, ...sopActs);
    };
    const performed = { ticks: [], content: null, documents: [], branch: null };
    const acts: WorkflowEvent[] = [
      { type: "act_performed", act: "laksana", by: actor("sari", "teknisi"), ...performed },
      { type: "act_performed", act: "periksa", by: actor("rina", "auditor"), ...performed },
      { type: "act_performed", act: "terima", by: actor("pemohon:1", "pemohon"), ...performed },
      { type: "completed" },
    ];
    expect(await reason(withEvents(await approvedParts(drop), close(acts)))).toBe("ok");
    const content = { id: "c2", commitment: "c".repeat(64) };
    const cancelled: WorkflowEvent[] = [
      { type: "cancelled", by: actor("pemohon:1", "pemohon"), content },
    ];
    const over = withEvents(await approvedParts(preview), close(cancelled));
    expect(await reason(over)).toBe("not_approved");
  });
});
