import { getCollection } from "astro:content";
import type { APIRoute } from "astro";
import { jdihnRecord } from "../components/jdihn.ts";

export const GET: APIRoute = async ({ site, url }) => {
  const agencies = new Map((await getCollection("instansi")).map(({ id, data }) => [id, data]));
  const { origin } = site ?? url;
  const records = (await getCollection("sop", ({ data }) => data.life.status === "berlaku")).map(
    ({ data }) => jdihnRecord(origin, data, agencies.get(data.sop.instansi)),
  );
  return new Response(JSON.stringify(records), {
    headers: { "content-type": "application/json; charset=utf-8" },
  });
};
