import { getCollection } from "astro:content";
import type { APIRoute } from "astro";
import { reviewCalendar } from "../../components/review-calendar.ts";

export const GET: APIRoute = async ({ site, url }) => {
  const entries = (await getCollection("sop")).map(({ data }) => data);
  const { origin } = site ?? url;
  return new Response(reviewCalendar(origin, "Tinjauan SOP", entries), {
    headers: { "content-type": "text/calendar; charset=utf-8" },
  });
};
