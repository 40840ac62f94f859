import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cellTag, FAULTS } from "../fault/faults.ts";

describe("the table of faults", () => {
  it("has a test for every fault of every part it applies to", { timeout: 240_000 }, () => {
    const program = join(import.meta.dirname, "..", "fault", "shown-cells.ts");
    const shown = JSON.parse(
      execFileSync(process.execPath, ["--no-warnings", program], { encoding: "utf8" }),
    );
    const cells = FAULTS.flatMap(({ id, parts }) => parts.map((part) => cellTag(id, part)));
    expect(cells.filter((cell) => shown[cell] === undefined)).toEqual([]);
  });

  it("numbers its faults without a gap", () => {
    expect(FAULTS.map(({ id }) => id)).toEqual(FAULTS.map((_, index) => index + 1));
  });
});
