import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

/** A question of the operator is answered by a figure or a few rows, not by a table. */
const CHARACTERS_MAX = 64 * 1024;

/** What one statement gives, columns divided by tabs, rows by newlines. Null where it fails or tells too much. */
export function answerOf(db: DatabaseSync, statement: string): string | null {
  try {
    const prepared = db.prepare(statement);
    prepared.setReadBigInts(true);
    prepared.setReturnArrays(true);
    const rows = prepared.iterate() as unknown as Iterable<readonly SQLOutputValue[]>;
    let answer = "";
    for (const row of rows) {
      answer += `${row.map(asText).join("\t")}\n`;
      if (answer.length > CHARACTERS_MAX) return null;
    }
    return answer.trim();
  } catch {
    return null;
  }
}

function asText(value: SQLOutputValue): string {
  if (value === null) return "";
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}
