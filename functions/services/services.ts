import type { FieldProblem } from "#domain/errors.ts";
import type { Letter } from "#domain/letters/letter.ts";
import type { TransparencyView } from "#domain/transparency/view.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import type { DocumentView } from "#domain/workflow/view.ts";
import type { AdminPages } from "./admin/views.ts";
import type { AssetPages } from "./assets/views.ts";
import type { VerifiedDocument } from "./documents/verify.ts";
import type { FormerPosition, MandatePage } from "./mandates/views.ts";
import type { OwnAccount } from "./people/own-account.ts";
import type { TotpSetup } from "./people/second-factor.ts";
import type { PlanningPages } from "./planning/views.ts";
import type { PpidListItem } from "./ppid/list.ts";
import type { PpidView } from "./ppid/view.ts";
import type { SearchQuery, SearchView } from "./search/search.ts";
import type { SubmissionDraftView, TrackedView } from "./tracked.ts";
import type { DeskView, ForwardedItem, InboxView, RequestListPage } from "./workroom.ts";

export type { Letter } from "#domain/letters/letter.ts";
export type * from "./admin/views.ts";
export type * from "./assets/views.ts";
export type { VerifiedDocument } from "./documents/verify.ts";
export type { FormerPosition, MandatePage, MandateView } from "./mandates/views.ts";
export type * from "./planning/views.ts";
export type { PpidListItem } from "./ppid/list.ts";
export type { PpidView } from "./ppid/view.ts";
export type { SearchHit, SearchView } from "./search/search.ts";
export type * from "./tracked.ts";
export type * from "./workroom.ts";

/** Who is signed in, with the positions they hold now. */
export interface Viewer {
  readonly person: string;
  readonly name: string;
  readonly positions: readonly {
    readonly agency: string;
    readonly jabatan: string;
    readonly title: string;
    /** `mandat`: given for a time by the holder, who stays answerable ("a.n."). */
    readonly capacity: "definitif" | "plt" | "plh" | "mandat";
  }[];
  /** Looks after people, positions and agents; never holds a position and never decides a request. */
  readonly admin: boolean;
  /** Signed in with a second factor; without one an official may only set one up. */
  readonly secondFactor: boolean;
}

/** A form that was sent but not accepted: answers and what to mend, kept a few minutes for the redirect. */
export interface FormDraft {
  readonly values: FormValues;
  readonly problems: readonly FieldProblem[];
  readonly pesan: string;
  readonly status: number;
}

/** What on-demand pages are given as `Astro.locals`. Reading only; every change goes through a route. */
export interface PageLocals {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Of the portal as people reach it, for addresses that are to be copied. */
  readonly origin: string;
  readonly services: PageServices;
}

export interface PageServices {
  /** Open items of the positions the viewer holds, most urgent first; pages count from 1. */
  inbox(viewer: Viewer, page: number): Promise<InboxView>;
  /** Open requests in which the viewer acted and somebody else is to act now. */
  forwarded(viewer: Viewer): Promise<readonly ForwardedItem[]>;
  /** Requests of the viewer's agencies, as the address of the page asks for them. */
  requests(viewer: Viewer, query: URLSearchParams): Promise<RequestListPage>;
  /**
   * All that an official needs on the page of a request. `seen`: the head a refused form was made
   * on, to tell what happened since. Throws NOT_FOUND also where the viewer's agency is another.
   */
  desk(viewer: Viewer, ref: string, seen: string | null): Promise<DeskView>;
  /**
   * The pemohon's view. With the right code: documents, timeline, acts of the pemohon. Without a code
   * (`code` null): stage and due time only, no names, timeline or documents. Throws AUTH_TRACKING.
   */
  track(ref: string, code: string | null): Promise<TrackedView>;
  /** A form that was begun, by the secret of its link. Throws DRAFT_UNKNOWN. */
  submissionDraft(token: string): Promise<SubmissionDraftView>;
  /**
   * A document of a request: `letter` where it was produced by the service, else null and the file
   * is fetched at `view.href`. By viewer or by tracking code; throws NOT_FOUND or AUTH_TRACKING.
   */
  letter(
    access: { readonly viewer: Viewer | null; readonly code: string | null },
    ref: string,
    documentId: string,
  ): Promise<{ readonly view: DocumentView; readonly letter: Letter | null }>;
  /** A request for public information, for the agency's PPID and the PPID's superior. */
  information(viewer: Viewer, ref: string): Promise<PpidView>;
  /** The same for its requester. Throws AUTH_TRACKING. */
  trackInformation(ref: string, code: string): Promise<PpidView>;
  informationList(viewer: Viewer): Promise<readonly PpidListItem[]>;
  /** The address under which a calendar program reads what waits for the viewer. */
  calendarFeed(viewer: Viewer): Promise<string>;
  /** What anybody may know of a letter by the code printed on it. Throws VERIFY_UNKNOWN. */
  verify(code: string): Promise<VerifiedDocument>;
  transparency(): Promise<TransparencyView>;
  /** The viewer's own account; AUTH_SECOND_FACTOR. */
  account(): Promise<OwnAccount>;
  /** Whether the browser gave a password and now is asked for a code. */
  challenged(): Promise<boolean>;
  /** The secret to put into an authenticator app; AUTH_SECOND_FACTOR where there is one to show first. */
  totpSetup(): Promise<TotpSetup & { readonly renews: boolean; readonly asksPassword: boolean }>;
  /** Whose recovery link this is; AUTH_RECOVERY. */
  recovery(code: string): Promise<{ readonly name: string; readonly email: string }>;
  /** Name of the agency's own sign-in service; null where none is set. */
  readonly oidcName: string | null;
  draft(id: string): FormDraft | null;
  /** A secret made by the form before this page; told one time. */
  shown(id: string): FormValues | null;
  mandates(viewer: Viewer): Promise<MandatePage>;
  /** Positions the viewer held until lately: why their items are gone. */
  former(viewer: Viewer): Promise<readonly FormerPosition[]>;
  /** Throws ADMIN_ONLY for everybody else. */
  readonly admin: AdminPages;
  readonly assets: AssetPages;
  readonly planning: PlanningPages;
  /** What is public on this portal: SOPs, laws, terms and guides. */
  search(query: SearchQuery): Promise<SearchView>;
}
