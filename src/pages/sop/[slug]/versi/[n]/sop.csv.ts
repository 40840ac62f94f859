import type { APIRoute } from "astro";
import { csvOf } from "#diagram/csv.ts";
import { olderVersions, type TwinProps } from "../../../../../components/twin-versions.ts";

export const getStaticPaths = olderVersions;

export const GET: APIRoute<TwinProps> = ({ props }) =>
  new Response(csvOf(props.sop), {
    headers: { "content-type": "text/csv; charset=utf-8" },
  });
