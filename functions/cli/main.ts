#!/usr/bin/env node
import { CommanderError } from "commander";
import { isAppError } from "#domain/errors.ts";
import { createProgram } from "./program.ts";

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    const known = isAppError(error) ? error : null;
    const galat = {
      code: known?.code ?? "INTERNAL",
      pesan: known?.row.pesan ?? "Terjadi galat pada sistem.",
      perbaikan: known?.problems ?? [],
    };
    if (process.argv.includes("--json")) {
      process.stderr.write(`${JSON.stringify({ galat })}\n`);
    } else {
      process.stderr.write(`Galat ${galat.code}: ${galat.pesan}\n`);
      for (const { field, pesan } of galat.perbaikan)
        process.stderr.write(`  ${field}: ${pesan}\n`);
    }
    if (!known) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = known?.row.exitCode ?? 1;
  }
}
