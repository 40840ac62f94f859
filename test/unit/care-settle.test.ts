import { describe, expect, test } from "vitest";
import { careOf, type PromisedTarget } from "#agent/care/alerts.ts";
import { noteBackup, noteProof } from "#agent/care/note.ts";
import { began, ended, endOf, isSpent, TRIES_MAX } from "#agent/care/settle.ts";
import { freshState, type RunState } from "#agent/care/state.ts";
import { AgentConfig } from "#agent/config.ts";
import { AppError, type ErrorCode } from "#domain/errors.ts";

const slot = new Date("2026-11-22T01:00:00Z");
const now = new Date("2026-11-22T01:02:03Z");
const fresh: RunState = freshState(new Date("2026-11-22T00:00:00Z")).backup;
const live = new AbortController().signal;
const end = (code: ErrorCode) => endOf(new AppError(code, "x"), live);

describe("a scheduled try", () => {
  test("that failed for the moment is made twice more, later each time, then given up", () => {
    let run = fresh;
    const pauses: (number | null)[] = [];
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      run = ended(began(run, slot), slot, end("VAULT_UNREACHABLE"), now);
      pauses.push(run.notBefore === null ? null : Date.parse(run.notBefore) - now.getTime());
    }
    expect(pauses).toEqual([600_000, 2_400_000, null]);
    expect(run).toMatchObject({ settledTo: slot.toISOString(), slot: null, tries: 0 });
    expect(run.failure).toEqual({ code: "VAULT_UNREACHABLE", at: now.toISOString() });
  });

  test("that met a closed door is not made again in its slot", () => {
    for (const code of [
      "ENGINE_CONNECT",
      "SSH_CONNECT",
      "VAULT_CREDENTIALS",
      "VAULT_FULL",
    ] as const) {
      const run = ended(began(fresh, slot), slot, end(code), now);
      expect(run, code).toMatchObject({ settledTo: slot.toISOString(), failure: { code } });
    }
  });

  test("that met a vault in maintenance or a target at work waits for the next quarter of an hour", () => {
    for (const code of ["VAULT_LOCKED", "AGENT_TARGET_BUSY"] as const) {
      let run = fresh;
      for (let attempt = 0; attempt < 50; attempt++) {
        run = ended(began(run, slot), slot, end(code), now);
      }
      expect(run, code).toMatchObject({ tries: 0, failure: null, settledTo: fresh.settledTo });
      expect(run.notBefore).toBe("2026-11-22T01:15:00.000Z");
    }
  });

  test("that was called off is due again and has used up nothing", () => {
    const control = new AbortController();
    control.abort();
    const calledOff = endOf(new AppError("JOB_CANCELLED", "x"), control.signal);
    expect(ended(began(fresh, slot), slot, calledOff, now)).toMatchObject({
      tries: 0,
      notBefore: null,
      settledTo: fresh.settledTo,
    });
  });

  test("is counted before it begins, so that crashes use tries up too", () => {
    let run = fresh;
    for (let crash = 0; crash < TRIES_MAX; crash++) {
      expect(isSpent(run, slot)).toBe(false);
      run = began(run, slot);
    }
    expect(isSpent(run, slot)).toBe(true);
    expect(isSpent(run, new Date("2026-11-22T02:00:00Z"))).toBe(false);
  });

  test("that succeeds forgets the failure", () => {
    const failed = ended(began(fresh, slot), slot, end("VAULT_FULL"), now);
    const next = new Date("2026-11-22T02:00:00Z");
    expect(ended(began(failed, next), next, { is: "done" }, now).failure).toBe(null);
  });
});

describe("the operator's calendar in the config", () => {
  const problems = (jadwal: object, izin: readonly string[]) => {
    const read = AgentConfig.safeParse({
      portal: "https://pulih.contoh.go.id",
      data: "/data",
      vaults: [{ alias: "g", jenis: "objects", direktori: "/v", berkasKunci: "/k" }],
      targets: [{ alias: "db", engine: "sqlite", vault: "g", berkas: "/d.db", izin, jadwal }],
    });
    return read.error?.issues.map(({ path, message }) => [path.join("."), message]) ?? [];
  };

  test("is taken with five fields that name a moment, and with the permission to back up", () => {
    expect(problems({ cron: "30 1 * * *" }, ["backup"])).toEqual([]);
    expect(problems({ cron: "0 0 30 2 *" }, ["backup"])).toEqual([
      ["targets.0.jadwal.cron", expect.stringContaining("lima bagian")],
    ]);
    expect(problems({ cron: "30 1 * * *" }, ["check"])).toEqual([
      ["targets.0.jadwal", "jadwal memerlukan backup di izin"],
    ]);
    expect(problems({ cron: "30 1 * * *", jendela: "22:00" }, ["backup"])).toHaveLength(1);
  });
});

describe("what is told of a target's care", () => {
  const calendar = {
    cron: "0 1 * * *",
    zona: "Asia/Jakarta",
    acakMenit: 0,
    jendela: null,
  } as const;
  const target: PromisedTarget = {
    alias: "db",
    jadwal: { ...calendar, rpoJam: 24 },
    ujiPulih: { ...calendar, batasHari: 30 },
  };
  const state = freshState(new Date("2026-10-01T00:00:00Z"));
  const told = (newest: string | null, changed = state) =>
    careOf(target, changed, newest, [], now)?.alerts;

  test("is nothing where the operator has set nothing and nothing is wrong", () => {
    const bare = { alias: "db", jadwal: null, ujiPulih: null };
    expect(careOf(bare, state, null, [], now)).toBe(null);
    expect(careOf(bare, state, null, ["vault_damaged"], now)?.alerts).toEqual(["vault_damaged"]);
  });

  test("is an alert when the newest backup or the last proof is older than promised", () => {
    expect(told(null)).toEqual(["rpo_missed", "proof_overdue"]);
    expect(told("2026-11-21T01:02:02.000Z")).toEqual(["rpo_missed", "proof_overdue"]);
    const proven = noteProof(state, {
      ok: true,
      backup: "b",
      level: "L3",
      finishedAt: "2026-11-21T00:00:00.000Z",
    });
    expect(told("2026-11-21T01:02:03.000Z", proven)).toEqual([]);
  });

  test("is no alert before the agent has had the time it promised", () => {
    const young = freshState(now);
    expect(told(null, young)).toEqual([]);
  });

  test("is an alert after a failure until the same succeeds, whoever asked for it", () => {
    const failed = {
      ...freshState(now),
      backup: ended(began(fresh, slot), slot, end("VAULT_FULL"), now),
      drill: ended(began(fresh, slot), slot, end("VAULT_CORRUPT"), now),
    };
    expect(told(null, failed)).toEqual(["backup_failed", "drill_failed"]);
    const mended = noteBackup(failed, { id: "b", finishedAt: now.toISOString() });
    expect(told(null, mended)).toEqual(["drill_failed"]);
    const drilled = { ok: true, backup: "b", level: "L3", finishedAt: now.toISOString() } as const;
    expect(told(null, noteProof(mended, { ...drilled, ok: false }))).toEqual(["drill_failed"]);
    expect(told(null, noteProof(mended, drilled))).toEqual([]);
  });
});
