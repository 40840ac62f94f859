/** What pages and programs are shown of a request. Times are ISO 8601 in UTC. */
import type { ZoneId } from "../calendar/local-time.ts";
import type { LetterState } from "../letters/letter.ts";
import type { ActKind, DocumentKind, RequestKind } from "../sop/schema.ts";
import type { Field } from "./form.ts";
import type { FollowUpAction, JobAction, RequestStatus } from "./types.ts";
import type { Urgency } from "./urgency.ts";

export interface StepView {
  readonly no: number;
  readonly uraian: string;
  readonly roles: readonly string[];
  /** Null where the source gives no time. */
  readonly standardMinutes: number | null;
  readonly standardText: string | null;
  readonly enteredAt: string | null;
  readonly closedAt: string | null;
  readonly dueAt: string | null;
  readonly elapsedSeconds: number | null;
  readonly workingMinutes: number | null;
  readonly onTime: boolean | null;
  /** Since when the clock of an open step stands for the pemohon's answer; null while it runs. */
  readonly pausedSince: string | null;
  readonly state: "waiting" | "current" | "closed";
}

export interface TimelineEntry {
  readonly at: string;
  readonly version: number;
  readonly type: string;
  readonly stepNo: number | null;
  /** One Indonesian sentence. */
  readonly text: string;
  readonly actorName: string | null;
  readonly actorJabatan: string | null;
  /** Return, refusal, cancellation: "di luar SOP". */
  readonly outsideSop: boolean;
  /** Free text of the actor, by field label. */
  readonly notes: readonly { readonly label: string; readonly value: string }[];
}

export interface DocumentView {
  readonly id: string;
  readonly kind: DocumentKind | "lampiran";
  readonly title: string;
  readonly mime: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly createdAt: string;
  readonly href: string;
  /** Of a letter made here; null for what was uploaded. */
  readonly letter: LetterView | null;
  /** Of a PDF made from a letter: the id of that letter. */
  readonly source: string | null;
  /** Number and signatures that an uploaded PDF itself holds; null where it was not read. */
  readonly found: FoundInUpload | null;
}

/** What an uploaded PDF itself says. */
export interface FoundInUpload {
  readonly number: string | null;
  readonly signatures: readonly {
    readonly signer: string;
    readonly issuer: string;
    readonly signedAt: string | null;
    /** The signed bytes are unchanged. */
    readonly intact: boolean;
    /** The signature covers the whole file. */
    readonly whole: boolean;
  }[];
}

export interface LetterView {
  readonly number: string | null;
  readonly state: LetterState;
  /** "Plt. Kepala Dinas"; null where nobody signed. */
  readonly signedBy: string | null;
  /** Page where anybody may verify its PDF. */
  readonly verify: string | null;
  /** The same words as files. */
  readonly pdf: string;
  readonly odt: string;
}

export interface JobView {
  readonly id: string;
  readonly action: JobAction;
  readonly state: string;
  readonly digest: string;
  readonly percent: number | null;
  /** Newest progress sentence. */
  readonly message: string | null;
  readonly evidence: readonly { readonly label: string; readonly value: string }[];
  /** From the agent's signed result, per target; for officials only, empty for the pemohon. */
  readonly outcomes: readonly JobOutcome[];
  readonly error: string | null;
}

/** The signed figures of one target, for programs. */
export interface JobOutcome {
  readonly alias: string;
  readonly engine: string;
  /** The backup made or used; null where there was none. */
  readonly backup: {
    readonly id: string;
    readonly vault: string;
    readonly bytes: number;
    readonly content: string;
  } | null;
  readonly restore: {
    /** What was live before the swap differed from the backup. */
    readonly damaged: boolean;
    readonly digestsEqual: boolean;
    readonly swapMs: number;
  } | null;
}

export interface ChangeCount {
  readonly added: number;
  readonly changed: number;
  readonly lost: number;
}

/** What a restore would do to one target, as the agent counted it beside what is live. */
export interface PreviewedTarget {
  readonly alias: string;
  readonly engine: string;
  /** When the backup was made, and how long ago in words; null where the agent did not say. */
  readonly backup: { readonly finishedAt: string; readonly age: string } | null;
  readonly live: "present" | "absent" | "unreadable";
  readonly sentence: string;
  readonly total: ChangeCount;
  /** Units that change, those that lose most first. */
  readonly units: readonly (ChangeCount & { readonly name: string })[];
  /** Units that change but are not listed. */
  readonly unlisted: number;
  readonly equalUnits: number;
  /** Objects that are not rows, where their number differs. */
  readonly objects: readonly {
    readonly kind: string;
    readonly before: number;
    readonly after: number;
  }[];
  /** Objects that are not rows and differ, those that are lost first. */
  readonly definitions: readonly {
    readonly kind: string;
    readonly name: string;
    readonly change: "added" | "changed" | "lost";
  }[];
  /** Such objects that differ but are not listed. */
  readonly unlistedDefinitions: number;
}

/** The look, outside the SOP, at what the restore would change. For officials. */
export interface PreviewView {
  /** The choice, where the open act makes it; else what is fixed is looked at. */
  readonly fields: readonly Field[];
  readonly mayStart: boolean;
  /** The sentence why not, where that is not plain from the state. */
  readonly mayNot: string | null;
  readonly newest: {
    readonly job: string;
    readonly state: string;
    readonly percent: number | null;
    readonly message: string | null;
    readonly error: string | null;
    readonly finishedAt: string | null;
    /** It looked at the very backups that would be restored. */
    readonly current: boolean;
    readonly targets: readonly PreviewedTarget[];
  } | null;
}

/** What a restore has kept, and what is asked about it outside the SOP. For officials. */
export interface KeptCopyView {
  /** Job of the restore. */
  readonly restored: string;
  readonly restoredAt: string | null;
  readonly targets: readonly {
    readonly alias: string;
    /** How the operator finds it; null where nothing was live before. */
    readonly kept: string | null;
    readonly safetyBackup: string | null;
  }[];
  readonly state: "kept" | "asked" | "working" | "rolled_back" | "dropped";
  /** Newest question about it. */
  readonly followUp: {
    readonly job: string;
    readonly action: FollowUpAction;
    readonly digest: string;
    readonly askedAt: string;
    /** "Nama, jabatan". */
    readonly askedBy: string;
    readonly reason: string | null;
    /** How it ended; null while it is open or where it succeeded. */
    readonly ended: "declined" | "withdrawn" | "failed" | "cancelled" | "refused" | null;
    readonly error: string | null;
    readonly percent: number | null;
    readonly message: string | null;
  } | null;
  /** Title of the role whose holder answers. */
  readonly approver: string;
  readonly mayAsk: readonly FollowUpAction[];
  readonly mayAnswer: boolean;
  /** The one who looks has asked it, and nobody has answered yet. */
  readonly mayWithdraw: boolean;
  /** Why the one who looks may not answer what is asked, or why a rollback is gone. */
  readonly mayNot: string | null;
}

/** What the request waits for now. */
export interface NextView {
  readonly stepNo: number;
  readonly act: string;
  readonly kind: ActKind;
  readonly title: string;
  readonly role: string;
  readonly roleTitle: string;
  /** The pemohon acts by the tracking link, everybody else signed in. */
  readonly byRequester: boolean;
  /**
   * start: the actor sends the agent to work; wait: the agent works; close: the actor closes the act;
   * failed: the job failed, return it to an earlier act (or start again where the act chooses).
   */
  readonly phase: "start" | "wait" | "close" | "failed";
  readonly fields: readonly Field[];
  /** Closing the act leaves a letter behind, which may be looked at before. */
  readonly leavesLetter: boolean;
  readonly checklist: readonly string[];
  readonly branches: readonly string[];
  readonly dueAt: string | null;
  /** Acts to which the request may be returned. */
  readonly returnTo: readonly { readonly act: string; readonly title: string }[];
  /** Whether the one who looks may act, and if not, the sentence why. */
  readonly mayAct: boolean;
  readonly mayNot: string | null;
  /** Whether they may put a question to the pemohon now. */
  readonly mayAsk: boolean;
}

export interface RequestView {
  readonly ref: string;
  readonly kind: RequestKind;
  readonly status: RequestStatus;
  readonly sop: { readonly slug: string; readonly title: string; readonly digest: string };
  readonly agency: { readonly id: string; readonly name: string };
  /** Hash of the newest event; a command must name it as `seen`. */
  readonly head: string;
  readonly submittedAt: string;
  readonly closedAt: string | null;
  /** The pemohon was asked and has not answered: no clock runs. */
  readonly awaitsAnswer: boolean;
  readonly requester: { readonly opd: string; readonly name: string } | null;
  readonly steps: readonly StepView[];
  readonly next: NextView | null;
  /** What a berita acara asks for; null where the one who looks may make none. */
  readonly minutes: readonly Field[] | null;
  readonly timeline: readonly TimelineEntry[];
  readonly documents: readonly DocumentView[];
  readonly jobs: readonly JobView[];
  /** Null where no restore is near, and for all but officials. */
  readonly preview: PreviewView | null;
  /** Oldest first; empty for all but officials. */
  readonly keptCopies: readonly KeptCopyView[];
  /** A preview or a kept copy is being looked into: all that others are told of it. */
  readonly underReview: boolean;
}

/** What waits, outside the SOP, for the viewer's answer; it has no due time. */
export interface FollowUpItem {
  readonly ref: string;
  readonly action: FollowUpAction;
  readonly opd: string;
  readonly sopTitle: string;
  readonly asTitle: string;
  readonly askedAt: string;
  readonly zone: ZoneId;
}

export interface InboxItem {
  readonly ref: string;
  readonly sopTitle: string;
  readonly kind: RequestKind;
  readonly opd: string;
  readonly stepNo: number;
  readonly actTitle: string;
  readonly roleTitle: string;
  /** The viewer's position by which they may act, e.g. "Plt. Kepala Bidang". */
  readonly asTitle: string;
  readonly enteredAt: string;
  readonly dueAt: string | null;
  /** "2 jam kerja lagi"; null where no due date is. */
  readonly dueText: string | null;
  readonly urgency: Urgency;
  /** Since when its clock stands for the pemohon's answer; null while it runs. */
  readonly pausedSince: string | null;
  /** The agent works for it: nothing can be decided until it is done. */
  readonly working: boolean;
  /** In which its times are told. */
  readonly zone: ZoneId;
}
