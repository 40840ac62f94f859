import { Hono } from "hono";
import { BODY_BYTES_MAX } from "#protocol/v1.ts";
import type { AppContext, AppEnv, RouteDeps } from "./app-env.ts";
import { readJson } from "./read-body.ts";

/** The agent's protocol. Bodies are JWS; everything about them is checked by the services. */
export function agentRoutes({ services, limits }: RouteDeps) {
  const { agents } = services;
  const bodyOf = (c: AppContext): Promise<unknown> => readJson(c, BODY_BYTES_MAX);
  const ofJob = async (c: AppContext, job: string) => ({ job, body: await bodyOf(c) });
  return new Hono<AppEnv>()
    .post("/enroll", async (c) => {
      const body = await bodyOf(c);
      return c.json(
        await limits.guess("enroll", c.get("address"), ["AGENT_CODE"], () => agents.enroll(body)),
      );
    })
    .post("/session", async (c) => c.json(await agents.openSession(await bodyOf(c))))
    .post("/session/end", async (c) => c.json(await agents.endSession(await bodyOf(c))))
    .post("/poll", async (c) => c.json(await agents.poll(await bodyOf(c), c.req.raw.signal)))
    .post("/jobs/:id/accept", async (c) =>
      c.json(await agents.accept(await ofJob(c, c.req.param("id")))),
    )
    .post("/jobs/:id/start", async (c) =>
      c.json(await agents.start(await ofJob(c, c.req.param("id")))),
    )
    .post("/jobs/:id/events", async (c) =>
      c.json(await agents.recordEvents(await ofJob(c, c.req.param("id")))),
    )
    .post("/jobs/:id/finish", async (c) =>
      c.json(await agents.finish(await ofJob(c, c.req.param("id")))),
    );
}
