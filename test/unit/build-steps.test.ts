import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type BuildStep, buildSteps } from "../../src/build/steps.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulih-steps-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const settings = { contentDir: "content", origin: "http://portal.test" };

async function build(steps: readonly BuildStep[], report: string | null): Promise<string[]> {
  const log: string[] = [];
  const done = buildSteps(steps, { ...settings, report }).hooks["astro:build:done"];
  type Options = Parameters<NonNullable<typeof done>>[0];
  const logger = { info: (line: string) => log.push(line) };
  await done?.({ dir: pathToFileURL(`${dir}/`), logger } as unknown as Options);
  return log;
}

describe("the steps of the build", () => {
  test("run one after the other in the order of the list, and each is told in the log", async () => {
    const order: string[] = [];
    const step = (name: string): BuildStep => ({
      name,
      async run({ client, origin }) {
        order.push(`${name} begins`);
        await readdir(client);
        order.push(`${name} ends at ${origin}`);
        return "2 files";
      },
    });
    const log = await build([step("one"), step("two")], null);
    const ends = (name: string) => [`${name} begins`, `${name} ends at http://portal.test`];
    expect(order).toEqual([...ends("one"), ...ends("two")]);
    expect(log.map((line) => line.replace(/\d+ ms/, "n ms"))).toEqual([
      "one: 2 files, n ms",
      "two: 2 files, n ms",
    ]);
    expect(await readdir(dir)).toEqual([]);
  });

  test("are reported to a file where one is asked for", async () => {
    const report = join(dir, "report.json");
    await build([{ name: "one", run: async () => "2 files" }], report);
    expect(JSON.parse(await readFile(report, "utf8"))).toEqual({
      pagesMs: expect.any(Number),
      steps: [{ name: "one", done: "2 files", ms: expect.any(Number) }],
    });
  });

  test("stop at the first that fails, so that no half-made site passes for a whole one", async () => {
    const fails: BuildStep = { name: "one", run: () => Promise.reject(new Error("disk full")) };
    const never: BuildStep = { name: "two", run: () => Promise.reject(new Error("was run")) };
    await expect(build([fails, never], null)).rejects.toThrow("disk full");
  });
});
