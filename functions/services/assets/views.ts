/** The register as pages and programs are shown it. Times are ISO 8601 in UTC, days local dates. */
import type { AssetFacts } from "#domain/assets/asset.ts";
import type { FieldProblem } from "#domain/errors.ts";
import type { Alert } from "#domain/job/care.ts";
import type { Viewer } from "../services.ts";

export interface AssetView extends AssetFacts {
  readonly code: string;
  readonly agency: string;
  readonly status: "aktif" | "nonaktif";
  readonly registeredAt: string;
  readonly registeredBy: string;
  readonly reviewDue: string;
  readonly reviewOverdue: boolean;
  readonly lastBackup: string | null;
  readonly lastRestore: string | null;
  /** What the agent asks people to look at. */
  readonly alerts: readonly Alert[];
}

export interface AssetDetail extends AssetView {
  readonly reviews: readonly {
    readonly at: string;
    readonly by: string;
    readonly result: "sesuai" | "diubah" | "dihapus";
    readonly note: string | null;
  }[];
  readonly changes: readonly {
    readonly at: string;
    readonly by: string;
    readonly how: string;
    /** Column with before and after. */
    readonly columns: readonly {
      readonly column: string;
      readonly before: string;
      readonly after: string;
    }[];
  }[];
  readonly requests: readonly {
    readonly ref: string;
    readonly kind: "backup" | "restore";
    readonly status: "active" | "completed" | "refused" | "cancelled";
    readonly submittedAt: string;
  }[];
}

/** What a list of the register may be narrowed to. */
export interface AssetFilter {
  readonly pemilik: string;
  readonly jenis: string;
  readonly kategori: string;
  /** A state that asks for something. */
  readonly perlu: string;
  readonly status: string;
  /** Counted from 1. */
  readonly halaman: string;
}

export interface AssetList {
  readonly agency: string;
  readonly assets: readonly AssetView[];
  /** How many there are before the filter, and after it. */
  readonly total: number;
  readonly found: number;
  readonly page: number;
  readonly pages: number;
  readonly overdue: number;
  readonly owners: readonly string[];
}

/** One row of a CSV file and what would become of it. */
export interface ImportRow {
  /** Line in the file; the head is line 1. */
  readonly line: number;
  readonly code: string | null;
  readonly name: string;
  readonly verdict: "baru" | "diubah" | "sama" | "ditolak";
  /** Column with the reason, where it was refused. */
  readonly problems: readonly FieldProblem[];
  /** Columns that would change. */
  readonly columns: readonly string[];
}

export interface ImportReport {
  readonly rows: readonly ImportRow[];
  readonly counts: Readonly<Record<ImportRow["verdict"], number>>;
  /** Whether it was written. */
  readonly saved: boolean;
}

/** What the pages of the register read. */
export interface AssetPages {
  list(viewer: Viewer, filter: Partial<AssetFilter>): Promise<AssetList>;
  /** Throws NOT_FOUND also where it is another agency's. */
  view(viewer: Viewer, code: string): Promise<AssetDetail>;
  /** Targets that no other asset stands for; with the code of an asset its own as well. */
  freeTargets(viewer: Viewer, code: string | null): Promise<readonly string[]>;
  preview(viewer: Viewer, csv: string): Promise<ImportReport>;
  reviews(
    viewer: Viewer,
  ): Promise<{ readonly agency: string; readonly assets: readonly AssetView[] }>;
}
