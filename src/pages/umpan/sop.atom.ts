import { getCollection } from "astro:content";
import type { APIRoute } from "astro";
import { changeFeed, sopChanges } from "../../components/sop-changes.ts";

export const GET: APIRoute = async ({ site, url }) => {
  const entries = (await getCollection("sop")).map(({ data }) => data);
  const { origin } = site ?? url;
  return new Response(changeFeed(origin, sopChanges(entries)), {
    headers: { "content-type": "application/atom+xml; charset=utf-8" },
  });
};
