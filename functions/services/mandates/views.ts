/** What the mandate page is given. */
export interface MandateView {
  readonly id: string;
  readonly agency: string;
  readonly title: string;
  readonly giver: string;
  readonly receiver: string;
  readonly since: string;
  readonly until: string;
  readonly basis: string;
  readonly endedAt: string | null;
  readonly state: "coming" | "in_force" | "over" | "taken_back";
}

export interface MandatePage {
  readonly given: readonly MandateView[];
  readonly received: readonly MandateView[];
  /** Positions the viewer holds themselves. */
  readonly lendable: readonly {
    readonly agency: string;
    readonly jabatan: string;
    readonly title: string;
  }[];
  /** Other officials of the same agencies. */
  readonly receivers: readonly {
    readonly person: string;
    readonly name: string;
    readonly titles: readonly string[];
  }[];
  /** Local date; null for one without a position. */
  readonly today: string | null;
}

/** A position that was held or lent until lately, and is no more. */
export interface FormerPosition {
  readonly title: string;
  readonly agencyName: string;
  /** Last day. */
  readonly until: string;
  readonly lent: boolean;
}
