/**
 * Which cells of the table have tests, as vitest itself finds them: tests made in loops and suites
 * count with the tags they really have. Run as a program, since vitest does not run within itself:
 *
 *   node test/fault/shown-cells.ts      prints { "fault-1:postgres": ["full name of a test", …], … }
 */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { createVitest } from "vitest/node";

const root = join(import.meta.dirname, "..", "..");
// One world for all files: nothing runs, so none can disturb another, and each package loads once.
const vitest = await createVitest("test", {
  root,
  watch: false,
  reporters: [],
  isolate: false,
  pool: "threads",
});
const { testModules, unhandledErrors } = await vitest.collect(filesThatShow(), {
  staticParse: false,
});
const cells: Record<string, string[]> = {};
const broken = [...unhandledErrors, ...testModules.flatMap((module) => module.errors())];
for (const module of testModules) {
  for (const test of module.children.allTests()) {
    for (const tag of test.tags) {
      cells[tag] ??= [];
      cells[tag].push(test.fullName);
    }
  }
}
await vitest.close();
if (broken.length > 0) {
  console.error(broken);
  process.exit(1);
}
process.stdout.write(JSON.stringify(cells));

/** Test files that show faults, themselves or by a suite they import: collecting all takes minutes. */
function filesThatShow(): string[] {
  const texts = new Map(
    globSync("test/**/*.ts", { cwd: root }).map((path) => [
      path,
      readFileSync(join(root, path), "utf8"),
    ]),
  );
  const showing = [...texts].filter(([, text]) => /\bshows\(/.test(text)).map(([path]) => path);
  for (const suite of showing) {
    for (const [path, text] of texts) {
      if (!showing.includes(path) && text.includes(`/${basename(suite)}"`)) showing.push(path);
    }
  }
  return showing.filter((path) => path.endsWith(".test.ts")).map((path) => join(root, path));
}
