import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Capture, Tail } from "#agent/process/capture.ts";
import { childPath, findProgram } from "#agent/process/find-program.ts";
import { LineQueue } from "#agent/process/lines.ts";

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const borders = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  borders.sort((a, b) => a - b);
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end));
}

async function allOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

const text = fc.string({ unit: fc.constantFrom("a", "é", "中", "😀", "\n", "\r", " ") });
const places = fc.array(fc.nat(200), { maxLength: 8 });

describe("lines", () => {
  it("are the same however the bytes arrive", async () => {
    await fc.assert(
      fc.asyncProperty(text, places, async (content, cuts) => {
        const queue = new LineQueue(() => undefined);
        for (const chunk of cut(Buffer.from(content), cuts)) queue.push(chunk);
        queue.finish({ isWhole: true });
        const expected = content.split("\n");
        if (expected.at(-1) === "") expected.pop();
        expect(await allOf(queue)).toEqual(expected);
      }),
    );
  });

  it("reach a reader who was waiting before they came", async () => {
    const queue = new LineQueue(() => undefined);
    const reading = allOf(queue);
    queue.push(Buffer.from("satu\ndu"));
    queue.push(Buffer.from("a\n"));
    queue.finish({ isWhole: true });
    expect(await reading).toEqual(["satu", "dua"]);
  });

  it("leave out an unfinished one where the program did not end well", async () => {
    const queue = new LineQueue(() => undefined);
    queue.push(Buffer.from("whole\n12"));
    queue.finish({ isWhole: false });
    expect(await allOf(queue)).toEqual(["whole"]);
  });

  it("ask for more once a full queue was taken down", async () => {
    let asked = 0;
    const queue = new LineQueue(() => {
      asked += 1;
    });
    while (!queue.isFull) queue.push(Buffer.from(`${"x".repeat(9999)}\n`));
    expect(asked).toBe(0);
    for await (const line of queue) {
      expect(line.length).toBe(9999);
      break;
    }
    expect(asked).toBe(1);
  });

  it("are refused when one has no end", () => {
    const queue = new LineQueue(() => undefined);
    const chunk = Buffer.alloc(1024 * 1024, "x");
    const answers = Array.from({ length: 9 }, () => queue.push(chunk));
    expect(answers).toEqual([...Array.from({ length: 8 }, () => true), false]);
  });
});

describe("bounded output", () => {
  it("keeps exactly the last bytes of a stream", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 50 })),
        fc.integer({ min: 1, max: 64 }),
        (chunks, max) => {
          const tail = new Tail(max);
          for (const chunk of chunks) tail.push(Buffer.from(chunk));
          expect(tail.text()).toBe(Buffer.from(chunks.join("")).subarray(-max).toString());
        },
      ),
    );
  });

  it("takes a stream up to its bound and says when it is passed", () => {
    const capture = new Capture(5);
    expect([capture.push(Buffer.from("abc")), capture.push(Buffer.from("de"))]).toEqual([
      true,
      true,
    ]);
    expect(capture.push(Buffer.from("f"))).toBe(false);
    expect(capture.text()).toBe("abcde");
  });
});

describe("finding programs", () => {
  it("adds the system's folders to the agent's PATH and drops relative ones", () => {
    expect(childPath("/opt/bin:.:bin:/usr/bin")).toBe(
      "/opt/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin",
    );
    expect(childPath(undefined)).toContain("/usr/bin");
  });

  it("finds what may be run and nothing else", () => {
    expect(findProgram("sh", "/nonexistent:/bin")).toBe("/bin/sh");
    expect(findProgram("/bin/sh", "")).toBe("/bin/sh");
    expect(findProgram("passwd", "/etc")).toBeNull();
    expect(findProgram("/etc", "")).toBeNull();
    expect(findProgram("", "/bin")).toBeNull();
    expect(findProgram("../bin/sh", "/bin")).toBeNull();
  });
});
