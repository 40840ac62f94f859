import type { DrillFigures } from "./drills.ts";
import type { PublicPeriod } from "./publish.ts";
import type { LastRestore } from "./restore-age.ts";

/** All that pages and open data may tell of the services. */
export interface TransparencyView {
  /** Local date of the reading. */
  readonly asOf: string;
  /** Local date from which the running quarter will be public. */
  readonly nextOn: string;
  /** A sample site shows the running quarter too, and says so. */
  readonly sample: boolean;
  readonly services: readonly ServiceView[];
  /** Agencies whose SOP offers a restore. */
  readonly drills: readonly AgencyDrills[];
}

/** How an agency exercises its restores. */
export interface AgencyDrills extends DrillFigures {
  readonly agency: { readonly id: string; readonly name: string };
}

export interface ServiceView {
  readonly sop: { readonly slug: string; readonly title: string; readonly versi: number };
  readonly agency: string;
  /** The promise, step by step. */
  readonly steps: readonly {
    readonly no: number;
    readonly uraian: string;
    readonly standardText: string | null;
    readonly standardMinutes: number | null;
  }[];
  /** What was published, oldest first; empty before the first publication. */
  readonly periods: readonly PublicPeriod[];
  /** Null before the first publication. */
  readonly lastRestore: LastRestore | null;
}
