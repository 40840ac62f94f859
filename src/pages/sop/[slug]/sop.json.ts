import type { APIRoute } from "astro";
import { canonicalJson } from "#domain/trust/canonical.ts";
import { currentVersions, type TwinProps } from "../../../components/twin-versions.ts";

export const getStaticPaths = currentVersions;

/** The exact bytes whose SHA-256 the page shows and a request pins. */
export const GET: APIRoute<TwinProps> = ({ props }) =>
  new Response(canonicalJson(props.sop), {
    headers: { "content-type": "application/json; charset=utf-8" },
  });
