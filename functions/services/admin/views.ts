/** What the admin's pages are given. No request, letter or anything in one is ever among it. */
import type { HeldCapacity } from "#domain/authority/positions-on.ts";
import type { TargetCare } from "#domain/job/care.ts";
import type { AdminLogLine } from "../people/admin-log.ts";
import type { Viewer } from "../services.ts";

/** A line of the admins' log, its detail as people read it. */
export interface LoggedDeed extends AdminLogLine {
  readonly text: string;
}

export interface AdminOverview {
  readonly counts: {
    readonly people: number;
    readonly inactive: number;
    readonly admins: number;
    readonly agents: number;
    readonly pendingAgents: number;
  };
  readonly ending: readonly HoldingView[];
  readonly vacant: readonly {
    readonly agency: string;
    readonly sop: string;
    readonly role: string;
    readonly titles: readonly string[];
  }[];
  /** Acts that the SOP wants done by two persons, while only one could do either. */
  readonly unseparated: readonly {
    readonly agency: string;
    readonly sop: string;
    readonly act: string;
    readonly other: string;
    readonly person: string;
  }[];
  readonly withoutSecondFactor: readonly { readonly id: string; readonly name: string }[];
  readonly silentAgents: readonly AgentView[];
  readonly pendingAgents: readonly AgentView[];
  /** Their key is in two places. */
  readonly heldAgents: readonly AgentView[];
  readonly log: readonly LoggedDeed[];
}

export interface HoldingView {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly agency: string;
  readonly agencyName: string;
  readonly jabatan: string;
  readonly title: string;
  readonly capacity: HeldCapacity;
  readonly since: string;
  readonly until: string | null;
  readonly decree: string;
  /** `void`: ended before it began. */
  readonly state: "coming" | "in_force" | "over" | "void";
  /** Their account is closed. */
  readonly inactive: boolean;
}

export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly admin: boolean;
  readonly inactive: boolean;
  readonly secondFactor: boolean;
  /** Positions in force today, as letters write them. */
  readonly positions: readonly string[];
}

export interface PersonPage extends PersonView {
  readonly holdings: readonly HoldingView[];
  readonly signer: {
    readonly nip: string | null;
    readonly rank: string | null;
    readonly nik: boolean;
  };
  readonly log: readonly LoggedDeed[];
  /** The admin looks at their own page. */
  readonly self: boolean;
}

export interface PostView {
  readonly id: string;
  readonly title: string;
  readonly tunggal: boolean;
  readonly holdings: readonly HoldingView[];
  readonly gaps: readonly { readonly since: string; readonly until: string | null }[];
  /** Lent out today. */
  readonly lent: readonly {
    readonly giver: string;
    readonly receiver: string;
    readonly since: string;
    readonly until: string;
  }[];
  /** SOPs in which its holder has a role. */
  readonly sops: readonly { readonly slug: string; readonly title: string }[];
}

export interface PostsPage {
  readonly agency: { readonly id: string; readonly name: string };
  readonly agencies: readonly { readonly id: string; readonly name: string }[];
  readonly posts: readonly PostView[];
  /** Whom a position may be given: open accounts that are not admin. */
  readonly people: readonly {
    readonly id: string;
    readonly name: string;
    readonly email: string;
  }[];
  readonly today: string;
}

export interface AgentView {
  readonly id: string;
  readonly status: "pending" | "approved" | "held" | "revoked";
  readonly fingerprint: string;
  readonly hostname: string;
  readonly version: string;
  readonly agencies: readonly string[];
  readonly targets: number;
  readonly enrolledAt: string;
  readonly lastSeenAt: string | null;
  /** Approved, and not heard of for longer than a poll is held. */
  readonly silent: boolean;
}

export interface AgencyView {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly posts: readonly { readonly title: string; readonly tunggal: boolean }[];
  readonly sops: readonly { readonly slug: string; readonly title: string }[];
  readonly hours: readonly {
    readonly since: string;
    readonly until: string | null;
    readonly ramadan: boolean;
    readonly source: string;
    readonly checked: string | null;
    readonly days: readonly { readonly day: string; readonly text: string }[];
  }[];
  /** Days off of this year and the next, by the year of their file. */
  readonly daysOff: number;
  readonly unverified: readonly string[];
}

/** What the admin's pages may ask for. */
/** A target of an agent and how it is cared for. Times are ISO 8601 in UTC. */
export interface TargetCareView {
  readonly agent: string;
  readonly hostname: string;
  readonly alias: string;
  readonly engine: string;
  readonly vault: string;
  readonly vaultFreeBytes: number | null;
  readonly lastBackupAt: string | null;
  readonly lastProofAt: string | null;
  /** Null where the operator has set no schedule. */
  readonly care: TargetCare | null;
}

export interface AdminPages {
  overview(viewer: Viewer): Promise<AdminOverview>;
  people(viewer: Viewer, query: string): Promise<readonly PersonView[]>;
  /** Throws NOT_FOUND. */
  person(viewer: Viewer, id: string): Promise<PersonPage>;
  /** Throws NOT_FOUND. */
  holding(viewer: Viewer, id: string): Promise<HoldingView>;
  /** Throws NOT_FOUND. */
  posts(viewer: Viewer, agency: string | null): Promise<PostsPage>;
  agents(viewer: Viewer): Promise<readonly AgentView[]>;
  targets(viewer: Viewer): Promise<readonly TargetCareView[]>;
  agencies(viewer: Viewer): Promise<readonly AgencyView[]>;
}
