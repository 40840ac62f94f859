import type { APIRoute } from "astro";
import { bpmnOf } from "#diagram/bpmn.ts";
import { currentVersions, type TwinProps } from "../../../components/twin-versions.ts";

export const getStaticPaths = currentVersions;

export const GET: APIRoute<TwinProps> = async ({ props }) =>
  new Response(await bpmnOf(props.sop), {
    headers: { "content-type": "application/xml; charset=utf-8" },
  });
