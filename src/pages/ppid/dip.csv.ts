import type { APIRoute } from "astro";
import { spreadsheetCsv } from "#diagram/csv.ts";
import { publicInformation } from "../../components/dip.ts";
import { dipTable } from "../../components/dip-rows.ts";

export const GET: APIRoute = async ({ site, url }) =>
  new Response(spreadsheetCsv(dipTable(await publicInformation(), (site ?? url).origin)), {
    headers: { "content-type": "text/csv; charset=utf-8" },
  });
