/**
 * What must hold of every host. Programs run on this machine in all cases, so that what they leave
 * behind can be looked up in /proc.
 */
import { fstatSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Host, Running } from "#agent/process/host.ts";
import { openPipe } from "#agent/process/pipe.ts";
import { eventually } from "#support/eventually.ts";
import { peakMemory } from "#support/peak-memory.ts";
import { isAlive } from "#support/proc.ts";
import { shows } from "../fault/faults.ts";

export interface HostFixture {
  /** With a grace of 300 ms. */
  readonly host: Host;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Many times what may be kept, and twice what memory may grow by for any reason. */
const FLOOD_BYTES = process.env["PULIH_FAULT"] === "full" ? 1_000_000_000 : 300_000_000;
const flood = (bytes: number): string => `head -c ${bytes} /dev/zero >&2`;

const ZEROS_20_MB_SHA256 = "9e21c61969cd3e077a1b2b58ddb583b175e13c6479d2d83912eaddc23c0cdd52";

/** `part`: what of the table of faults a host of this kind stands for. */
export function hostSuite(
  name: string,
  part: "agent" | "ssh",
  start: () => Promise<HostFixture>,
): void {
  describe(`host ${name}`, () => {
    it("hands arguments over to the letter", async () => {
      await using fixture = await start();
      const text = fc.string({ unit: "binary", maxLength: 20 }).filter((s) => !s.includes("\0"));
      const awkward = ["", " ", "'", '"', "$(id)", "`id`", "\\", "\n", "-n", "*", "!", "é中"];
      await fc.assert(
        fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), async (args) => {
          const { stdout } = await fixture.host.run(["printf", "%s\\0", ...args]);
          const sent = args.map((arg) => Buffer.from(arg).toString());
          expect(stdout.split("\0").slice(0, -1)).toEqual(sent);
        }),
        { numRuns: 15, examples: [[awkward]] },
      );
    });

    it("gives a program the named environment and none of the agent's own", async () => {
      await using fixture = await start();
      vi.stubEnv("PULIH_TEST_SECRET", "rahasia");
      const { stdout } = await fixture.host.run(["env"], { env: { PGAPPNAME: "a b'c" } });
      vi.unstubAllEnvs();
      const lines = stdout.split("\n");
      expect(lines).toContain("PGAPPNAME=a b'c");
      expect(lines).toContain("LC_ALL=C.UTF-8");
      expect(stdout).not.toContain("rahasia");
    });

    it("feeds text to stdin, closes it, and keeps stdout and stderr apart", async () => {
      await using fixture = await start();
      const ended = await fixture.host.run(["sh", "-c", "cat; echo warning >&2; exit 3"], {
        input: "satu\ndua é",
      });
      expect(ended).toEqual({
        code: 3,
        signal: null,
        stdout: "satu\ndua é",
        stderr: "warning\n",
      });
    });

    it("says which program is missing instead of starting a shell in vain", async () => {
      await using fixture = await start();
      await expect(fixture.host.run(["pulih-no-such-tool", "x"])).rejects.toMatchObject({
        code: "ENGINE_TOOL_MISSING",
        detail: { program: "pulih-no-such-tool" },
      });
      await expect(fixture.host.spawn(["pulih-no-such-tool"])).rejects.toMatchObject({
        code: "ENGINE_TOOL_MISSING",
      });
    });

    it("tells the signal that ended a program", async () => {
      await using fixture = await start();
      const ended = await fixture.host.run(["sh", "-c", "kill -9 $$"]);
      expect(ended).toMatchObject({ code: null, signal: "SIGKILL" });
    });

    it("ends a program whose stdout passes its bound", async () => {
      await using fixture = await start();
      const ended = await fixture.host.run(["yes"], { stdoutBytesMax: 100_000 });
      expect(ended).toMatchObject({ code: null, signal: "OUTPUT_LIMIT" });
      expect(ended.stdout.length).toBeLessThanOrEqual(100_000);
    });

    it("keeps the last 64 KiB of stderr", async () => {
      await using fixture = await start();
      const ended = await fixture.host.run(["sh", "-c", "seq 1000000 >&2"]);
      expect(ended.code).toBe(0);
      expect(ended.stderr.length).toBe(64 * 1024);
      expect(ended.stderr.endsWith("\n999999\n1000000\n")).toBe(true);
    });

    it("takes a flood of stderr without growing", { tags: shows(part, 48) }, async () => {
      await using fixture = await start();
      await fixture.host.run(["sh", "-c", flood(1_000_000)]);
      globalThis.gc?.();
      const before = process.memoryUsage.rss();
      let ended: Awaited<ReturnType<typeof fixture.host.run>> | undefined;
      const most = await peakMemory(async () => {
        ended = await fixture.host.run(["sh", "-c", flood(FLOOD_BYTES)], { timeoutMs: 600_000 });
      });
      expect(ended?.code).toBe(0);
      expect(ended?.stderr.length).toBe(64 * 1024);
      expect(most - before).toBeLessThan(FLOOD_BYTES / 2);
    });

    it("ends a program that takes too long", async () => {
      await using fixture = await start();
      const ended = await fixture.host.run(["sleep", "60"], { timeoutMs: 100 });
      expect(ended).toMatchObject({ code: null, signal: "TIMEOUT" });
    });

    it("ends the whole group on abort, also those that ignore SIGTERM", {
      tags: shows(part, 49),
    }, async () => {
      await using fixture = await start();
      const abort = new AbortController();
      const running = await fixture.host.spawn(
        ["sh", "-c", "trap '' TERM; sleep 60 & echo $$ $!; wait; sleep 60"],
        { stdout: "lines", signal: abort.signal },
      );
      const pids = (await firstLine(running)).split(" ").map(Number);
      expect(pids.every(isAlive)).toBe(true);
      abort.abort();
      expect(await running.exit).toMatchObject({ code: null, signal: "SIGKILL" });
      await eventually("the group is gone", () => !pids.some(isAlive));
    });

    it("never counts a program it ended as one that succeeded", async () => {
      await using fixture = await start();
      const running = await fixture.host.spawn(
        ["sh", "-c", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done"],
        { stdout: "lines" },
      );
      await firstLine(running);
      running.kill();
      expect((await running.exit).code).toBeNull();
    });

    it("does not wait for a grandchild that holds the output open", async () => {
      await using fixture = await start();
      const before = performance.now();
      const ended = await fixture.host.run(["sh", "-c", "sleep 8 & echo done"]);
      expect(ended).toMatchObject({ code: 0, stdout: "done\n" });
      expect(performance.now() - before).toBeLessThan(7_000);
    });

    it("joins two programs by descriptors, which stay the agent's", async () => {
      await using fixture = await start();
      const pipe = await openPipe();
      const producer = await fixture.host.spawn(["head", "-c", "20000000", "/dev/zero"], {
        stdout: { fd: pipe.writeFd },
      });
      const consumer = await fixture.host.spawn(["sha256sum"], {
        stdin: { fd: pipe.readFd },
        stdout: "lines",
      });
      expect(await producer.exit).toMatchObject({ code: 0 });
      expect(fstatSync(pipe.writeFd).isFIFO() && fstatSync(pipe.readFd).isFIFO()).toBe(true);
      pipe.closeWrite();
      expect(await firstLine(consumer)).toBe(`${ZEROS_20_MB_SHA256}  -`);
      expect(await consumer.exit).toMatchObject({ code: 0 });
      pipe.closeRead();
    });

    it("ends a producer whose reader is gone, and does not call that success", async () => {
      await using fixture = await start();
      const pipe = await openPipe();
      const producer = await fixture.host.spawn(["cat", "/dev/zero"], {
        stdout: { fd: pipe.writeFd },
      });
      pipe.closeRead();
      const ended = await producer.exit;
      expect(ended.code).toBeNull();
      pipe.closeWrite();
    });

    it("talks with a program line by line, over several loops", async () => {
      await using fixture = await start();
      const running = await fixture.host.spawn(
        ["sh", "-c", 'while read -r l; do echo "<$l>"; done; printf rest'],
        { stdin: "lines", stdout: "lines" },
      );
      running.write("satu é");
      expect(await firstLine(running)).toBe("<satu é>");
      running.write("dua");
      expect(await firstLine(running)).toBe("<dua>");
      running.end();
      expect(await allOf(running.lines)).toEqual(["rest"]);
      expect(await running.exit).toMatchObject({ code: 0 });
    });

    it("delivers all lines of a program that is faster than their reader", async () => {
      await using fixture = await start();
      const running = await fixture.host.spawn(["seq", "1000000"], { stdout: "lines" });
      let count = 0;
      let last = "";
      for await (const line of running.lines) {
        count += 1;
        last = line;
      }
      expect([count, last]).toEqual([1_000_000, "1000000"]);
    });

    it("ends a program that writes one endless line", async () => {
      await using fixture = await start();
      const running = await fixture.host.spawn(["cat", "/dev/zero"], { stdout: "lines" });
      expect(await allOf(running.lines)).toEqual([]);
      expect(await running.exit).toMatchObject({ code: null, signal: "OUTPUT_LIMIT" });
    });

    it("gives no half line of a program that was ended", async () => {
      await using fixture = await start();
      const running = await fixture.host.spawn(["sh", "-c", "echo whole; printf 12; kill -9 $$"], {
        stdout: "lines",
      });
      expect(await allOf(running.lines)).toEqual(["whole"]);
    });

    it("ends what still runs when it is disposed", async () => {
      await using fixture = await start();
      const running = await fixture.host.spawn(["sh", "-c", "echo $$; exec sleep 60"], {
        stdout: "lines",
      });
      const pid = Number(await firstLine(running));
      await fixture.host[Symbol.asyncDispose]();
      expect((await running.exit).code).toBeNull();
      await eventually("the program is gone", () => !isAlive(pid));
    });
  });
}

async function firstLine(running: Running): Promise<string> {
  for await (const line of running.lines) return line;
  throw new Error("no line came");
}

async function allOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
