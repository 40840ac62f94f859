import { describe, expect, test } from "vitest";
import { EXIT_CODES, exitCodesText } from "#agent/cli/exit-codes.ts";
import { createProgram } from "#agent/cli/program.ts";
import { createProgressScreen, durationText } from "#agent/cli/progress.ts";
import { fitCatalog, type Shown } from "#agent/loop/fit-catalog.ts";
import { ERRORS } from "#domain/errors.ts";
import { BODY_BYTES_MAX } from "#protocol/v1.ts";

const sha = "a".repeat(64);

function backups(count: number, alias: (index: number) => string): Shown["backups"] {
  return Array.from({ length: count }, (_, index) => ({
    id: crypto.randomUUID(),
    alias: alias(index),
    engine: "postgres" as const,
    vault: "gudang-restic",
    vaultKind: "restic" as const,
    purpose: "backup" as const,
    bytes: 1_000_000_000_000,
    storedBytes: 1_000_000_000_000,
    finishedAt: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString(),
    manifest: sha,
    content: sha,
  }));
}

describe("the catalog", () => {
  const drill = {
    payloadType: "application/vnd.pulih.drill+json",
    payload: "A".repeat(800),
    signatures: [{ keyid: "agent-1", sig: "A".repeat(88) }],
  };

  test("fits in a request however many backups and drills there are", () => {
    const all: Shown = {
      targets: [],
      backups: backups(5_000, (index) => `sasaran-${index % 60}`),
      drills: Array(100).fill(drill),
    };
    const shown = fitCatalog(all);
    const body = Buffer.from(JSON.stringify({ catalog: shown })).toString("base64url");
    expect(body.length).toBeLessThan(BODY_BYTES_MAX - 10_000);
    expect(shown.drills).toHaveLength(100);
    expect(shown.backups.length).toBeGreaterThan(1_000);
    const instants = shown.backups.map(({ finishedAt }) => finishedAt);
    expect(instants).toEqual(instants.toSorted().reverse());
    expect(instants[0]).toBe(all.backups.at(-1)?.finishedAt);
  });

  test("shows the newest hundred of a target, and leaves large drills out before backups", () => {
    const shown = fitCatalog({
      targets: [],
      backups: backups(300, () => "db"),
      drills: Array(100).fill({ ...drill, payload: "A".repeat(8_000) }),
    });
    expect(shown.backups).toHaveLength(100);
    expect(shown.drills.length).toBeLessThan(20);
    expect(shown.drills.length).toBeGreaterThan(10);
  });
});

describe("progress for the operator", () => {
  const told = (isTTY: boolean) => {
    let nowMs = 0;
    let text = "";
    const out = { write: (part: string) => (text += part), isTTY, columns: 200 };
    const screen = createProgressScreen(out, () => nowMs);
    const tell = (
      atMs: number,
      bytes: number | null,
      percent: number | null,
      message = "Menyalin.",
    ) => {
      nowMs = atMs;
      const phase = message === "Selesai." ? "done" : "dump";
      screen.tell({ alias: "db", phase, bytes, percent, message });
    };
    return { tell, screen, text: () => text };
  };

  test("is one line on a terminal, rewritten, with bytes, rate and the time that is left", () => {
    const { tell, text } = told(true);
    tell(0, null, null);
    tell(10_000, 500_000_000, 25);
    tell(20_000, 1_000_000_000, 50);
    tell(21_000, 1_000_000_000, null, "Selesai.");
    const lines = text().split("\n");
    expect(lines).toHaveLength(2);
    const [shown] = lines;
    expect(shown?.split("\r\u001b[2K")).toEqual([
      "Menyalin.",
      "Menyalin. 500 MB (25 %), 50 MB/detik, sisa sekitar 30 detik",
      "Menyalin. 1 GB (50 %), 50 MB/detik, sisa sekitar 20 detik",
      "Selesai.",
    ]);
  });

  test("is plain lines elsewhere: what begins, and figures now and then", () => {
    const { tell, text } = told(false);
    tell(0, null, null);
    for (let second = 1; second <= 65; second++) tell(second * 1_000, second * 1_000_000, null);
    expect(text()).toBe("Menyalin.\nMenyalin. 30 MB, 1 MB/detik\nMenyalin. 60 MB, 1 MB/detik\n");
  });

  test("never runs over the terminal's edge", () => {
    let text = "";
    const out = { write: (part: string) => (text += part), isTTY: true, columns: 40 };
    const screen = createProgressScreen(out, () => 0);
    const message = "Menyalin isi sasaran ke tempat cadangan yang jauh sekali letaknya.";
    screen.tell({ alias: "db", phase: "dump", bytes: null, percent: null, message });
    expect(text).toBe(message.slice(0, 39));
  });

  test("says durations as people do", () => {
    expect([0, 59, 61, 3_599, 3_600, 7_500].map(durationText)).toEqual([
      "1 detik",
      "59 detik",
      "1 menit",
      "1 jam",
      "1 jam",
      "2 jam 5 menit",
    ]);
  });
});

describe("exit codes", () => {
  test("of every error stand in the table that each command's help holds", () => {
    const known = EXIT_CODES.flatMap(([codes]) => codes.split(", ").map(Number));
    const used = new Set(Object.values(ERRORS).map(({ exitCode }) => exitCode));
    for (const code of used) expect(known).toContain(code);
    const program = createProgram();
    for (const command of [program, ...program.commands]) {
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      expect(help, command.name()).toContain(exitCodesText());
    }
  });
});
