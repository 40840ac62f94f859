import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { AppError } from "#domain/errors.ts";
import { answersTo, type Question } from "#functions/cli/ask.ts";

const QUESTIONS: readonly Question[] = [
  {
    field: "id",
    text: "Id instansi",
    judge: (answer) => (/^[a-z]+$/.test(answer) ? null : "Tulis huruf kecil."),
  },
  { field: "--zona", text: "Zona waktu", preset: "WITA", judge: () => null },
];

/** A terminal on which these lines are typed, and then nothing more. */
function typing(...lines: string[]) {
  const input = new PassThrough();
  input.end(lines.map((line) => `${line}\n`).join(""));
  const output = new PassThrough();
  return { input, output, shown: () => String(output.read() ?? "") };
}

describe("questions on a terminal", () => {
  test("are put for what is missing only, again after a wrong answer, with what an empty one means", async () => {
    const place = typing("Bontang", "bontang", "");
    expect(await answersTo(QUESTIONS, [undefined, undefined], place)).toEqual(["bontang", "WITA"]);
    const shown = place.shown();
    expect(shown.match(/Id instansi: /g)).toHaveLength(2);
    expect(shown).toContain("  Tulis huruf kecil.\n");
    expect(shown).toContain("Zona waktu [WITA]: ");
  });

  test("are not put where all is given", async () => {
    const place = typing();
    expect(await answersTo(QUESTIONS, ["bontang", "WIB"], place)).toEqual(["bontang", "WIB"]);
    expect(place.shown()).toBe("");
  });

  const refusal = async (
    given: readonly (string | undefined)[],
    place: Parameters<typeof answersTo>[2],
  ) => {
    const error = await answersTo(QUESTIONS, given, place).catch((thrown: unknown) => thrown);
    if (!(error instanceof AppError)) throw new Error("no AppError");
    return [error.code, ...error.problems.map(({ field }) => field)];
  };

  test("that nobody answers end in a refusal, not in waiting", async () => {
    expect(await refusal([undefined, undefined], typing())).toEqual(["INPUT_INVALID"]);
  });

  test("without a terminal are told as what is missing or wrong", async () => {
    expect(await refusal([undefined, undefined], null)).toEqual(["INPUT_INVALID", "id"]);
    expect(await refusal(["Bontang", undefined], null)).toEqual(["INPUT_INVALID", "id"]);
    expect(await answersTo(QUESTIONS, ["bontang", undefined], null)).toEqual(["bontang", "WITA"]);
  });
});
