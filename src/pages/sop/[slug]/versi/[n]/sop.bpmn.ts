import type { APIRoute } from "astro";
import { bpmnOf } from "#diagram/bpmn.ts";
import { olderVersions, type TwinProps } from "../../../../../components/twin-versions.ts";

export const getStaticPaths = olderVersions;

export const GET: APIRoute<TwinProps> = async ({ props }) =>
  new Response(await bpmnOf(props.sop), {
    headers: { "content-type": "application/xml; charset=utf-8" },
  });
