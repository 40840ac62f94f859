import { AppError } from "#domain/errors.ts";
import type { DumpReport } from "./engine.ts";

/**
 * Throws ENGINE_DUMP_INCOMPLETE where a stored stream does not end as its engine said it must. A dump
 * that was cut behind a whole statement loads without any error, so a missing end mark is the only
 * trace that a program left something out and still reported success.
 */
export function assertWholeStream(report: DumpReport, tail: Uint8Array): void {
  if (report.endsWith === undefined) return;
  const text = Buffer.from(tail).toString("utf8");
  if (![report.endsWith].flat().some((mark) => text.endsWith(mark))) {
    throw new AppError("ENGINE_DUMP_INCOMPLETE", "the dump's last line did not come");
  }
}
