import type { DocumentKind } from "#domain/sop/schema.ts";

/** Kind of document of a berita acara that no act of the SOP leaves. */
export const MINUTES_KIND = "berita-acara" satisfies DocumentKind;
