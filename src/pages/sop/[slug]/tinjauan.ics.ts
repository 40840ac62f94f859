import { getCollection } from "astro:content";
import type { APIRoute } from "astro";
import { reviewCalendar } from "../../../components/review-calendar.ts";
import type { SopEntry } from "../../../content.config.ts";

/** Only an SOP in force is due for a review. */
export async function getStaticPaths() {
  const entries = await getCollection("sop", ({ data }) => data.life.status === "berlaku");
  return entries.map(({ id, data }) => ({ params: { slug: id }, props: { entry: data } }));
}

export const GET: APIRoute<{ entry: SopEntry }> = ({ props: { entry }, site, url }) => {
  const { origin } = site ?? url;
  return new Response(reviewCalendar(origin, `Tinjauan: ${entry.sop.judul}`, [entry]), {
    headers: { "content-type": "text/calendar; charset=utf-8" },
  });
};
