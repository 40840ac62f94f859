import { getCollection } from "astro:content";
import type { Sop } from "#domain/sop/schema.ts";

/** Paths of a twin beside the page of each SOP: its current version. */
export async function currentVersions() {
  const entries = await getCollection("sop");
  return entries.map(({ id, data }) => ({ params: { slug: id }, props: { sop: data.sop } }));
}

/** Paths of a twin under the number of each older version; the current one is copied there later. */
export async function olderVersions() {
  const entries = await getCollection("sop");
  return entries.flatMap(({ id, data }) =>
    data.versions
      .filter(({ sop }) => sop.versi !== data.sop.versi)
      .map(({ sop }) => ({ params: { slug: id, n: String(sop.versi) }, props: { sop } })),
  );
}

export interface TwinProps {
  readonly sop: Sop;
}
