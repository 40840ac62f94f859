import type { APIRoute } from "astro";
import { z } from "zod";
import { SopSchema } from "#domain/sop/schema.ts";

/** The schema of every sop.json, for programs that read or write SOPs. */
export const GET: APIRoute = ({ site, url }) => {
  const { origin } = site ?? url;
  const { $schema, ...schema } = z.toJSONSchema(SopSchema);
  const named = { $schema, $id: `${origin}/skema/sop.json`, title: "SOP", ...schema };
  return new Response(JSON.stringify(named), {
    headers: { "content-type": "application/schema+json; charset=utf-8" },
  });
};
