/** Runs every benchmark, one after the other: `npm run bench -- [--json]`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Row } from "./report.ts";

interface Outcome {
  readonly ok: boolean;
  readonly rows: readonly Row[];
}

const here = import.meta.dirname;
const names = (await readdir(here, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, "main.ts")))
  .map(({ name }) => name)
  .sort();
const outcomes: Outcome[] = [];
for (const name of names) outcomes.push(await bench(name));

const ok = outcomes.every((outcome) => outcome.ok);
if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ ok, rows: outcomes.flatMap(({ rows }) => rows) }));
}
if (!ok) process.exitCode = 1;

/** Its table is passed on as it comes; its last line is kept for the sum of all. */
async function bench(name: string): Promise<Outcome> {
  const child = spawn(process.execPath, [join(here, name, "main.ts"), "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let last = "";
  for await (const line of createInterface({ input: child.stdout })) {
    if (isOutcome(line)) last = line;
    else console.log(line);
  }
  await ended;
  if (last === "") {
    console.error(`bench: ${name} ended without a result`);
    return { ok: false, rows: [] };
  }
  return JSON.parse(last) as Outcome;
}

function isOutcome(line: string): boolean {
  return line.startsWith('{"ok":');
}
