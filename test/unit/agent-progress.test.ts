import { describe, expect, test } from "vitest";
import { createLog } from "#agent/cli/log.ts";
import { table } from "#agent/cli/words.ts";
import { createProgress, type Unnumbered } from "#agent/loop/progress.ts";
import { bytesText } from "#domain/indonesian.ts";

const told = (changes: Partial<Unnumbered> = {}): Omit<Unnumbered, "t"> => ({
  alias: "db",
  phase: "dump",
  percent: null,
  bytes: null,
  message: "Menyalin.",
  ...changes,
});

describe("progress of a job", () => {
  test("tells every new phase, target and sentence at once, and figures only now and then", () => {
    let clock = 0;
    const events: Unnumbered[] = [];
    const progress = createProgress({
      now: () => new Date(clock),
      emit: (event) => events.push(event),
    });
    progress(told());
    progress(told({ bytes: 1 }));
    clock += 2_000;
    progress(told({ bytes: 2.6 }));
    progress(told({ phase: "commit" }));
    progress(told({ phase: "commit", alias: "lain" }));
    progress(told({ phase: "commit", alias: "lain", message: "Hampir." }));
    expect(events.map((event) => [event.phase, event.alias, event.bytes])).toEqual([
      ["dump", "db", null],
      ["dump", "db", 3],
      ["commit", "db", null],
      ["commit", "lain", null],
      ["commit", "lain", null],
    ]);
  });

  test("of a day's dump, told every second, stays under 2,500 events", () => {
    let clock = 0;
    let count = 0;
    const progress = createProgress({
      now: () => new Date(clock),
      emit: () => {
        count += 1;
      },
    });
    for (; clock < 86_400_000; clock += 1_000) progress(told({ bytes: clock }));
    expect(count).toBeGreaterThan(100);
    expect(count).toBeLessThan(2_500);
  });
});

describe("the agent's log", () => {
  test("is one JSON line an event, in which a value named like a secret never stands", () => {
    const lines: string[] = [];
    const log = createLog(
      (line) => lines.push(line),
      () => new Date(0),
    );
    log("job failed", {
      job: "j1",
      detail: { password: "rahasia", sandi: "rahasia", berkasKunci: "rahasia" },
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("rahasia");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      t: "1970-01-01T00:00:00.000Z",
      message: "job failed",
      job: "j1",
    });
  });
});

describe("words for the operator", () => {
  test("are sizes as Indonesians write them and columns that line up", () => {
    expect([0, 999, 1_500, 2_300_000_000, null].map(bytesText)).toEqual([
      "0 B",
      "999 B",
      "1,5 kB",
      "2,3 GB",
      "tidak diketahui",
    ]);
    expect(table(["A", "BB"], [["xxx", "y"]])).toBe("A    BB\nxxx  y");
  });
});
