/**
 * Words of planning.
 *
 * - work: what an agent is to do on some targets between two moments
 * - maintenance window: a stretch of a weekday in which the agency wants such work done
 * - clash: what speaks against a plan; it warns and never forbids
 */
export interface PlannedWork {
  readonly agent: string;
  readonly aliases: readonly string[];
  readonly from: Date;
  readonly to: Date;
}

/** Work that stands already, with the request it belongs to; null where that is another agency's. */
export interface StandingWork extends PlannedWork {
  readonly ref: string | null;
}

export interface MaintenanceWindow {
  /** 0 = Sunday … 6 = Saturday. */
  readonly weekday: number;
  /** Minutes after local midnight, `from < to`, at most 1440. */
  readonly from: number;
  readonly to: number;
}

/** What the work would take of a vault, and what is left there. */
export interface VaultNeed {
  readonly vault: string;
  readonly needBytes: number;
  /** Null = nobody knows. */
  readonly freeBytes: number | null;
}

export type Clash =
  | { readonly kind: "sasaran"; readonly ref: string | null; readonly aliases: readonly string[] }
  | { readonly kind: "agen"; readonly ref: string | null }
  | { readonly kind: "jendela" }
  | { readonly kind: "libur"; readonly date: string }
  | { readonly kind: "jam-kerja" }
  | {
      readonly kind: "ruang";
      readonly vault: string;
      readonly needBytes: number;
      readonly freeBytes: number;
    }
  | { readonly kind: "kedaluwarsa"; readonly until: Date }
  | { readonly kind: "lewat" };
