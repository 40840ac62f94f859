import { AppError } from "#domain/errors.ts";
import type { EngineIo } from "../engine.ts";
import { connect, inSchema, type MariadbTarget } from "./connect.ts";
import { schemaExists, tablesOf } from "./objects.ts";

/** `Table Op Msg_type Msg_text`; the name of a table may hold anything. */
const OK = /\tcheck\tstatus\tOK$/;
const FAULT = /\tcheck\t(?:error|Error)\t/;

/** Has the server look at every page and index of a schema. */
export async function checkIn(
  target: MariadbTarget,
  schema: string,
  io: EngineIo,
): Promise<boolean> {
  await using session = await connect(target, io);
  if (!(await schemaExists(session, schema))) {
    throw new AppError("ENGINE_CONNECT", "there is no such schema");
  }
  for (const { name, kind } of await tablesOf(session, schema)) {
    if (kind !== "BASE TABLE") continue;
    const lines = await session.ask(`CHECK TABLE ${inSchema(schema, name)} EXTENDED`);
    if (lines.some((line) => FAULT.test(line)) || !OK.test(lines.at(-1) ?? "")) {
      io.log("the server found a table to be damaged", { table: name });
      throw new AppError("ENGINE_DAMAGED", "a table is damaged");
    }
  }
  return true;
}
