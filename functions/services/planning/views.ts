/** Planned and done work as pages and programs are shown it. Times are ISO 8601 in UTC, days local dates. */
import type { Estimate } from "#domain/planning/estimate.ts";
import type { Growth } from "#domain/planning/vault-growth.ts";
import type { JobAction } from "#domain/workflow/types.ts";
import type { Viewer } from "../services.ts";

export interface BoardEntry {
  readonly ref: string;
  readonly action: JobAction;
  readonly aliases: readonly string[];
  readonly from: string;
  /** Null while it runs. */
  readonly to: string | null;
  readonly state: "rencana" | "berjalan" | "selesai" | "gagal";
  /** Sentences; of plans only. */
  readonly warnings: readonly string[];
}

export interface BoardDay {
  readonly date: string;
  /** Holiday or weekend: nobody works. */
  readonly off: boolean;
  /** Maintenance windows, "22.00–24.00". */
  readonly windows: readonly string[];
  readonly entries: readonly BoardEntry[];
}

export interface VaultView {
  readonly vault: string;
  readonly kind: string;
  readonly freeBytes: number | null;
  readonly reportedAt: string;
  readonly growth: Growth;
}

export interface TargetView {
  readonly alias: string;
  readonly engine: string;
  readonly assetCode: string | null;
  readonly backup: Estimate;
  readonly restore: Estimate;
}

export interface BoardView {
  readonly agency: string;
  readonly span: "minggu" | "bulan";
  readonly today: string;
  readonly days: readonly BoardDay[];
  /** First days of the spans before and after. */
  readonly before: string;
  readonly after: string;
  readonly vaults: readonly VaultView[];
  readonly targets: readonly TargetView[];
}

export interface PlanningPages {
  /** `from` any day of the week or month; today's without. */
  board(
    viewer: Viewer,
    wish: { readonly span: string | null; readonly from: string | null },
  ): Promise<BoardView>;
}
