import type { FieldProblem } from "#domain/errors.ts";
import type { TransparencyView } from "#domain/transparency/view.ts";
import type { FormValues } from "#domain/workflow/form.ts";
import type { DocumentView, InboxItem, RequestView } from "#domain/workflow/view.ts";
import type { Letter } from "./documents/letter.ts";
import type { SearchQuery, SearchView } from "./search/search.ts";

export type { Letter } from "./documents/letter.ts";
export type { SearchHit, SearchView } from "./search/search.ts";

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
  readonly services: PageServices;
}

export interface PageServices {
  /** Open items of the positions the viewer holds, most urgent first. */
  inbox(viewer: Viewer): Promise<readonly InboxItem[]>;
  /** All requests of the viewer's agencies, newest first. */
  requests(viewer: Viewer): Promise<readonly RequestListItem[]>;
  /** Throws NOT_FOUND also where the viewer's agency is another. */
  request(viewer: Viewer, ref: string): Promise<RequestView>;
  /**
   * The pemohon's view. With the right code: documents, timeline, acts of the pemohon. Without a code
   * (`code` null): stage and due time only, no names, timeline or documents. Throws AUTH_TRACKING.
   */
  track(ref: string, code: string | null): Promise<RequestView>;
  /**
   * A document of a request: `letter` where it was produced by the service, else null and the file
   * is fetched at `view.href`. By viewer or by tracking code; throws NOT_FOUND or AUTH_TRACKING.
   */
  letter(
    access: { readonly viewer: Viewer | null; readonly code: string | null },
    ref: string,
    documentId: string,
  ): Promise<{ readonly view: DocumentView; readonly letter: Letter | null }>;
  transparency(): Promise<TransparencyView>;
  draft(id: string): FormDraft | null;
  /** What is public on this portal: SOPs, laws, terms and guides. */
  search(query: SearchQuery): Promise<SearchView>;
}

export interface RequestListItem {
  readonly ref: string;
  readonly sopTitle: string;
  readonly kind: "backup" | "restore";
  readonly opd: string;
  readonly status: "active" | "completed" | "refused" | "cancelled";
  readonly stepNo: number | null;
  readonly stepCount: number;
  readonly submittedAt: string;
  readonly dueAt: string | null;
}
