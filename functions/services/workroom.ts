/** What the officials' room shows. */
import type { ZoneId } from "#domain/calendar/local-time.ts";
import type { RequestKind, Sop } from "#domain/sop/schema.ts";
import type { RequestStatus } from "#domain/workflow/types.ts";
import type { Urgency } from "#domain/workflow/urgency.ts";
import type { FollowUpItem, InboxItem, RequestView, TimelineEntry } from "#domain/workflow/view.ts";

export interface InboxView {
  /** One page of them, most urgent first. */
  readonly items: readonly InboxItem[];
  /** Of all pages. */
  readonly counts: Readonly<Record<Urgency, number>>;
  readonly page: number;
  readonly pages: number;
  /** Outside the SOP and outside the counts. */
  readonly followUps: readonly FollowUpItem[];
}

/** A request the viewer sent on, and where it is now. */
export interface ForwardedItem {
  readonly ref: string;
  readonly opd: string;
  /** Title of the viewer's newest act in it, and when. */
  readonly mine: string;
  readonly mineAt: string;
  readonly stepNo: number;
  readonly stepCount: number;
  readonly actTitle: string;
  readonly roleTitle: string;
  readonly awaitsAnswer: boolean;
  readonly dueText: string | null;
  readonly zone: ZoneId;
}

/** Names as they stand in the address; null = not asked. */
export interface RequestFilter {
  readonly keadaan: "diproses" | "menunggu-jawaban" | "selesai" | "ditolak" | "dibatalkan" | null;
  readonly sop: string | null;
  readonly jenis: RequestKind | null;
  /** A part of the OPD's name, or a reference number. */
  readonly cari: string | null;
  /** Number of the step that is open. */
  readonly langkah: number | null;
  /** Open and past its due date. */
  readonly lewat: "1" | null;
  /** Submitted within these local dates, both inclusive. */
  readonly dari: string | null;
  readonly sampai: string | null;
  /** The viewer did something in it. */
  readonly saya: "1" | null;
  readonly urut: "terbaru" | "terlama" | "batas";
  readonly halaman: number;
}

export interface RequestListItem {
  readonly ref: string;
  readonly sopTitle: string;
  readonly kind: RequestKind;
  readonly opd: string;
  readonly status: RequestStatus;
  readonly awaitsAnswer: boolean;
  readonly stepNo: number | null;
  readonly stepCount: number;
  /** What is to be done now, and by which role; null when closed. */
  readonly actTitle: string | null;
  readonly roleTitle: string | null;
  readonly submittedAt: string;
  readonly closedAt: string | null;
  readonly dueAt: string | null;
  readonly dueText: string | null;
  readonly late: boolean;
  readonly zone: ZoneId;
}

export interface RequestList {
  readonly items: readonly RequestListItem[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** To choose from. */
  readonly sops: readonly { readonly slug: string; readonly title: string }[];
}

export interface RequestListPage extends RequestList {
  readonly filter: RequestFilter;
}

/** One answer of the pemohon as it holds now. */
export interface AnswerLine {
  readonly label: string;
  readonly value: string;
  /** Given or changed in a later round. */
  readonly corrected: { readonly at: string; readonly before: string | null } | null;
}

/** A question or a return, and what came back; numbered from 1. */
export interface TalkRound {
  readonly no: number;
  readonly opened: TimelineEntry;
  readonly reply: TimelineEntry | null;
  /** Nobody answered yet. */
  readonly open: boolean;
}

/** An act that was done and still stands: no return took it back. */
export interface DoneAct {
  readonly act: string;
  readonly stepNo: number;
  readonly title: string;
  readonly name: string | null;
  /** Position by which they acted. */
  readonly by: string | null;
  readonly at: string;
  /** Kelengkapan that were ticked. */
  readonly ticks: readonly string[];
}

export interface DeskView {
  readonly view: RequestView;
  /** The version this request follows. */
  readonly sop: Sop;
  readonly answers: readonly AnswerLine[];
  readonly rounds: readonly TalkRound[];
  readonly done: readonly DoneAct[];
  /** What happened after the head that was asked about. */
  readonly since: readonly TimelineEntry[];
}
