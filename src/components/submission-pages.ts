/** Addresses of the form of one thing a page, and what its pages share. */
import type { FormValues } from "#domain/workflow/form.ts";
import type { PageServices, SubmissionDraftView } from "../../functions/services/services.ts";
import { errorCodeOf } from "./app-error.ts";

export function submissionPath(
  slug: string,
  page: string,
  token: string | null,
  mark: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({ ...(token === null ? {} : { konsep: token }), ...mark });
  const path = `/sop/${slug}/ajukan/${page === "" ? "" : `${page}/`}`;
  return query.size === 0 ? path : `${path}?${query}`;
}

/** The draft a page was asked for by; null where there is none (any more), or it is of another SOP. */
export async function draftOf(
  services: PageServices,
  slug: string,
  token: string | null,
): Promise<SubmissionDraftView | null> {
  if (token === null) return null;
  try {
    const draft = await services.submissionDraft(token);
    return draft.slug === slug ? draft : null;
  } catch (error) {
    if (errorCodeOf(error) === "DRAFT_UNKNOWN") return null;
    throw error;
  }
}

export function firstOf(values: FormValues, name: string): string {
  return [values[name] ?? ""].flat()[0] ?? "";
}
