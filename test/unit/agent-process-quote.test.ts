import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { announcementIn, killCommand, remoteCommand } from "#agent/ssh/command.ts";
import { quote, quoteAll } from "#agent/ssh/quote.ts";

const argument = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", " ", "!", "*", "-") }),
  )
  .filter((text) => !text.includes("\0"));

describe("shell quoting", () => {
  it("is read back by a real shell to the letter", () => {
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 6 }), (argv) => {
        const read = execFileSync("sh", ["-c", `printf '%s\\0' ${quoteAll(argv)}`]);
        const expected = Buffer.from(argv.map((one) => `${one}\0`).join(""));
        expect(read.equals(expected)).toBe(true);
      }),
      { numRuns: 150, examples: [[["", "'", "''", "a'b", "$(id)", "`id`", "\n", "-e", "~"]]] },
    );
  });

  it("refuses what no argument can hold", () => {
    expect(() => quote("a\0b")).toThrow(/INTERNAL/);
  });
});

describe("remote command", () => {
  it("starts the program with its arguments and environment to the letter and announces itself", () => {
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 4 }), argument, (args, value) => {
        const script = 'printf "%s\\0" "$PULIH_VALUE" "$@"';
        const argv = ["sh", "-c", script, "name", ...args];
        const command = remoteCommand(argv, { PULIH_VALUE: value });
        const read = execFileSync("sh", ["-c", command], { stdio: ["ignore", "pipe", "ignore"] });
        const expected = Buffer.from([value, ...args].map((one) => `${one}\0`).join(""));
        expect(read.equals(expected)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("finds the announcement wherever the login shell's own words leave it", () => {
    expect(announcementIn("pulih-started 42\n")).toEqual({ kind: "started", pid: 42, rest: "" });
    expect(announcementIn("warning: locale\npulih-started 7\nerror 1\nerror 2")).toEqual({
      kind: "started",
      pid: 7,
      rest: "error 1\nerror 2",
    });
    expect(announcementIn("pulih-missing\n")).toEqual({ kind: "missing" });
    for (const early of ["", "pulih-star", "pulih-started 4", "x pulih-missing\n"]) {
      expect(announcementIn(early)).toBeNull();
    }
  });

  it("ends a group by its number", () => {
    expect(killCommand(42, "SIGKILL")).toMatch(/pulih KILL 42$/);
  });

  it("refuses a program name that env would take for a setting", () => {
    expect(() => remoteCommand(["A=b", "x"], {})).toThrow(/INTERNAL/);
    expect(() => remoteCommand([], {})).toThrow(/INTERNAL/);
  });
});
