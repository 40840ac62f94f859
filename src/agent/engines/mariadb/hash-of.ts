/** A NULL is another value than an empty one, and no value runs into the next. */
export function hashOf(columns: readonly string[]): string {
  return `MD5(CONCAT_WS('|', ${columns.map((column) => `IFNULL(QUOTE(${column}), 'N')`).join(", ")}))`;
}
