/** The pages that readers may speak of, told by their address alone: no query, no fragment. */
export const PAGE_PATH_LENGTH_MAX = 200;

export type PublicPage =
  | { readonly kind: "sop"; readonly id: string; readonly versi: number | null }
  | { readonly kind: "law" | "guide"; readonly id: string };

const SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*";
const SOP = new RegExp(`^/sop/(${SLUG})/(?:versi/([1-9]\\d{0,3})/)?$`);
const OTHER = new RegExp(`^/(dasar-hukum|panduan)/(${SLUG})/$`);

/** Null for any other text: it is neither kept nor linked to. */
export function publicPageOf(path: string): PublicPage | null {
  if (path.length > PAGE_PATH_LENGTH_MAX) return null;
  const [, slug, versi] = SOP.exec(path) ?? [];
  if (slug !== undefined) {
    return { kind: "sop", id: slug, versi: versi === undefined ? null : Number(versi) };
  }
  const [, section, id] = OTHER.exec(path) ?? [];
  if (id === undefined) return null;
  return { kind: section === "panduan" ? "guide" : "law", id };
}
