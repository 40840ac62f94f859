/** An instant in the zone of this machine, e.g. "3 Agu 2026, 09.30". */
export function momentText(instant: string): string {
  return new Date(instant).toLocaleString("id-ID", { dateStyle: "medium", timeStyle: "short" });
}

/** Columns under their heads, each as wide as its widest cell. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(heads), ...rows.map(line)].join("\n");
}
