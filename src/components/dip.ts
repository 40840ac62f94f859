import { getCollection } from "astro:content";
import { type DipGroup, dipGroups } from "./dip-rows.ts";

/** The Daftar Informasi Publik of this portal, for its page and its CSV alike. */
export async function publicInformation(): Promise<DipGroup[]> {
  return dipGroups({
    sops: (await getCollection("sop")).map(({ data }) => data),
    agencies: (await getCollection("instansi")).map(({ id, data }) => ({ id, ...data })),
    guides: (await getCollection("panduan")).map(({ data }) => data),
    laws: (await getCollection("dasarHukum")).length,
    listed: (await getCollection("dip")).map(({ data }) => data),
  });
}
