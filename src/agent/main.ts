#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Stripping types takes a compiler's memory for the life of the process; the cache spares it. It lies
// beside the program, where whoever may write it may change the program anyhow; never in a shared /tmp.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/pulih", import.meta.url)));
const { createProgram } = await import("./cli/program.ts");
const { fail } = await import("./cli/fail.ts");

try {
  await createProgram().parseAsync();
} catch (error) {
  const isForProgram = process.argv.includes("--json");
  const code = fail(error, isForProgram, (text) => process.stderr.write(text));
  // A signal that ended the work has named the exit code already.
  process.exitCode ??= code;
}
// Connections to the portal may still be open; whatever matters is on disk.
process.exit();
