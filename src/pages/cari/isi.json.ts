import { getCollection } from "astro:content";
import type { APIRoute } from "astro";
import { searchEntries } from "../../catalog/search-entries.ts";

/** Hand-over from the pages to the search index, which takes the file away: content is read only once. */
export const GET: APIRoute = async () => {
  const agencies = await getCollection("instansi");
  const entries = searchEntries({
    sops: (await getCollection("sop")).map(({ data }) => data),
    laws: (await getCollection("dasarHukum")).map(({ data }) => data),
    terms: (await getCollection("istilah")).map(({ data }) => data),
    guides: (await getCollection("panduan")).map(({ data }) => data),
    services: (await getCollection("layanan")).map(({ data }) => data),
    listed: (await getCollection("dip")).map(({ data }) => data),
    agencies: new Map(agencies.map(({ id, data }) => [id, data])),
  });
  return new Response(JSON.stringify(entries));
};
