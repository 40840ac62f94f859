/** How every benchmark tells its figures: a table for people, one JSON line for programs. */

export interface Row {
  readonly measure: string;
  /** Null where it could not be measured. */
  readonly ours: number | null;
  readonly unit: string;
  readonly peer: number | null;
  readonly peerName: string | null;
  /** Bound in `unit`, e.g. "≤ 15"; null where none was set. */
  readonly budget: string | null;
  /** Null where there is no budget or no figure. */
  readonly met: boolean | null;
}

export interface Peer {
  readonly name: string;
  readonly value: number | null;
}

/** One row a peer, or a single one where there is none to compare with. */
export function rows(
  measure: string,
  unit: string,
  ours: number | null,
  budget: string | null = null,
  peers: readonly Peer[] = [],
): Row[] {
  const common = { measure, unit, ours, budget, met: meets(ours, budget) };
  if (peers.length === 0) return [{ ...common, peer: null, peerName: null }];
  return peers.map(({ name, value }) => ({ ...common, peer: value, peerName: name }));
}

/** "≤ 15" or "≥ 95". */
export function meets(value: number | null, budget: string | null): boolean | null {
  if (value === null || budget === null) return null;
  const bound = Number(budget.slice(1).trim());
  if (!/^[≤≥]/.test(budget) || Number.isNaN(bound)) throw new Error(`no budget: ${budget}`);
  return budget.startsWith("≤") ? value <= bound : value >= bound;
}

/** `ok` is false only where the benchmark itself could not run; `met` tells the budgets. */
export function printReport(title: string, all: readonly Row[], ok: boolean): void {
  console.log(`\n${title}\n`);
  console.log(table(all));
  const missed = all.filter(({ met }) => met === false).map(({ measure }) => measure);
  if (missed.length > 0) console.log(`\nover budget: ${[...new Set(missed)].join(", ")}`);
  if (!ok) console.log("\nnot everything could be measured; see above");
  if (process.argv.includes("--json")) console.log(JSON.stringify({ ok, rows: all }));
  if (!ok) process.exitCode = 1;
}

function table(all: readonly Row[]): string {
  const head = ["measure", "ours", "unit", "budget", "met", "peer", "name"];
  const lines = all.map((row, at) => {
    // What repeats the row above is said once.
    const again = all[at - 1]?.measure === row.measure;
    const ours = again ? ["", "", "", "", ""] : ownCells(row);
    return [...ours, row.peerName === null ? "" : figure(row.peer), row.peerName ?? ""];
  });
  const widths = head.map((title, at) =>
    Math.max(title.length, ...lines.map((line) => (line[at] ?? "").length)),
  );
  const aligned = (line: readonly string[]) =>
    line
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return at === 1 || at === 5 ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [head, widths.map((width) => "-".repeat(width)), ...lines].map(aligned).join("\n");
}

function ownCells({ measure, ours, unit, budget, met }: Row): string[] {
  return [measure, figure(ours), unit, budget ?? "", met === null ? "" : met ? "yes" : "NO"];
}

function figure(value: number | null): string {
  if (value === null) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
