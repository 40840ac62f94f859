import { getCollection } from "astro:content";
import type { APIRoute } from "astro";
import type { Sop } from "#domain/sop/schema.ts";
import { canonicalJson } from "#domain/trust/canonical.ts";

export async function getStaticPaths() {
  const entries = await getCollection("sop");
  return entries.map(({ id, data }) => ({ params: { slug: id }, props: { sop: data.sop } }));
}

/** The exact bytes whose SHA-256 the page shows and a request pins. */
export const GET: APIRoute<{ sop: Sop }> = ({ props }) =>
  new Response(canonicalJson(props.sop), {
    headers: { "content-type": "application/json; charset=utf-8" },
  });
