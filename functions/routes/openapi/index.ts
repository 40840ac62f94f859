import { OpenAPIHono } from "@hono/zod-openapi";
import { describeAssets } from "./assets.ts";
import { describeOfficials } from "./officials.ts";
import { describePpid } from "./ppid.ts";
import { describePublic } from "./public.ts";
import { describeRequests } from "./requests.ts";

/** The API for programs, described from the same schemas that check its errors. */
export function openApiDocument(origin: string) {
  const app = new OpenAPIHono();
  describeRequests(app);
  describeOfficials(app);
  describeAssets(app);
  describePpid(app);
  describePublic(app);
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Pulih",
      version: "1",
      description: "Permohonan pencadangan dan pemulihan data menurut SOP.",
    },
    servers: [{ url: origin }],
  });
}
