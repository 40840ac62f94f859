import { CommanderError } from "commander";
import { AppError, isAppError } from "#domain/errors.ts";
import { describe } from "../loop/describe.ts";

/** Commander's own words are English; the operator reads these. */
const USAGE: Readonly<Record<string, string>> = {
  "commander.unknownOption": "pilihan tidak dikenal",
  "commander.unknownCommand": "perintah tidak dikenal",
  "commander.missingArgument": "masukan wajib belum disebut",
  "commander.optionMissingArgument": "nilai pilihan belum disebut",
  "commander.missingMandatoryOptionValue": "pilihan wajib belum disebut",
  "commander.excessArguments": "masukan terlalu banyak",
  "commander.invalidArgument": "nilai tidak dikenal pada pilihan",
};

/** Says why a command ended, and gives its exit code. */
export function fail(error: unknown, isForProgram: boolean, write: (text: string) => void): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  // Called without a command, commander shows the help and has nothing to add.
  if (error instanceof CommanderError && error.code === "commander.help") return 2;
  const known = asAppError(error);
  const { code, row, problems } = known;
  if (isForProgram) {
    const perbaikan = problems;
    write(`${JSON.stringify({ galat: { code, pesan: row.pesan, perbaikan } })}\n`);
  } else {
    write(`${row.pesan} (${code})\n`);
    for (const problem of problems) write(`  ${problem.pesan}\n`);
    if (code === "INTERNAL") write(`${JSON.stringify(describe(known.cause ?? error))}\n`);
  }
  return row.exitCode;
}

function asAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (!(error instanceof CommanderError))
    return new AppError("INTERNAL", "defect", { cause: error });
  const quoted = /'([^']*)'/.exec(error.message)?.[1];
  const what = USAGE[error.code] ?? "perintah belum benar";
  const pesan = `${quoted === undefined ? what : `${what}: ${quoted}`}; baca bantuan dengan --help`;
  return new AppError("INPUT_INVALID", error.code, { problems: [{ field: "argv", pesan }] });
}
