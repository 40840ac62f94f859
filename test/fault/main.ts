/**
 * All faults, exhaustively: kills at every step, full sizes, a thousand random runs; then the table.
 * That is every test of this folder, and those of others that show a cell of the table.
 *
 *   npm run fault:full -- [--json] [--tags <vitest expression>]
 *
 * Takes hours. Exit code 1 where a test failed or a cell of the table has none. What of it runs in
 * `npm test` is a bounded choice of the same tests.
 */
import { parseArgs } from "node:util";
import { startVitest, type TestCase } from "vitest/node";
import { cellTag, FAULTS, type Part } from "./faults.ts";

type Shown = "passed" | "failed" | "missing";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    tags: { type: "string" },
  },
});
process.env["PULIH_FAULT"] = "full";

const outcomes = new Map<string, Shown>();
const failed: string[] = [];
let ran = 0;

const isChoice = values.tags !== undefined;
const rounds: readonly { readonly project?: string[]; readonly tagsFilter?: string[] }[] =
  values.tags === undefined
    ? [{ project: ["fault"] }, { project: ["!fault"], tagsFilter: ["fault-*"] }]
    : [{ tagsFilter: [values.tags] }];
let isBroken = false;
for (const round of rounds) {
  const vitest = await startVitest("test", [], {
    watch: false,
    ...round,
    // Standard output belongs to the table.
    reporters: [{ onTestCaseResult }],
  });
  isBroken ||= vitest.state.getUnhandledErrors().length > 0;
  await vitest.close();
}

const columns: readonly Part[] = [...new Set(FAULTS.flatMap(({ parts }) => parts))];
const table = FAULTS.map(({ id, what, outcome, parts, nearest }) => ({
  id,
  what,
  outcome,
  ...(nearest === undefined ? {} : { nearest }),
  shown: Object.fromEntries(
    parts.map((part) => [part, outcomes.get(cellTag(id, part)) ?? "missing"]),
  ) as Partial<Record<Part, Shown>>,
}));
for (const { id, what, shown } of table) {
  const cells = columns.map((part) => {
    const cell = shown[part];
    if (cell === undefined) return null;
    return `${part} ${cell === "passed" ? "✓" : cell === "failed" ? "✗" : "–"}`;
  });
  console.log(`${String(id).padStart(2)}  ${what}\n    ${cells.filter(Boolean).join("  ")}`);
}
for (const name of failed) console.log(`failed: ${name}`);

const lacks = table.some(({ shown }) => Object.values(shown).includes("missing"));
const ok = !isBroken && ran > 0 && failed.length === 0 && (isChoice || !lacks);
console.log(`${ran} tests, ${failed.length} failed`);
if (values.json) console.log(JSON.stringify({ ok, ran, failed, table }));
process.exit(ok ? 0 : 1);

function onTestCaseResult(test: TestCase): void {
  const { state } = test.result();
  if (state === "skipped") return;
  ran += 1;
  if (state === "failed") failed.push(test.fullName);
  process.stderr.write(`${state === "passed" ? "✓" : "✗"} ${test.fullName}\n`);
  for (const tag of test.tags) {
    if (outcomes.get(tag) !== "failed") outcomes.set(tag, state === "passed" ? "passed" : "failed");
  }
}
