import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { shows } from "../fault/faults.ts";
import { approvedParts } from "./approved-offer.ts";
import { startPortal, type Trouble } from "./fake-portal.ts";
import { openWorkshop } from "./workshop.ts";

const at = new Date();

/** Answers that are no answer, one after another. */
const MISCHIEF: readonly ((response: ServerResponse) => void)[] = [
  (response) => response.destroy(),
  (response) => void response.writeHead(500, { "content-type": "text/html" }).end("<h1>500</h1>"),
  (response) =>
    void response.writeHead(200, { "content-type": "text/html" }).end("<p>Silakan masuk</p>"),
  (response) =>
    void response.writeHead(200, { "content-type": "application/json" }).end('{"recorded": tru'),
  (response) =>
    void response.writeHead(200, { "content-type": "application/json" }).end('{"recorded":false}'),
  (response) => void response.writeHead(302, { location: "https://portal-hotel.example/" }).end(),
  (response) => void response.writeHead(403, { "content-type": "text/html" }).end("<h1>proxy</h1>"),
  (response) => void response.writeHead(429, { "retry-after": "7" }).end(),
  (response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"now":');
    response.destroy();
  },
];

/** Plays every mischief once on each route, then lets the portal answer. */
function everyMischiefOnEveryRoute(): { trouble: Trouble; played: Map<string, number> } {
  const played = new Map<string, number>();
  const trouble: Trouble = (route, response, request) => {
    const turn = played.get(route) ?? 0;
    const mischief = MISCHIEF[turn];
    if (!mischief) return false;
    played.set(route, turn + 1);
    request.resume();
    mischief(response);
    return true;
  };
  return { trouble, played };
}

describe("a portal in trouble", () => {
  test("costs time and nothing else: every call is made again until it is answered", {
    tags: shows("agent", 9),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const { trouble, played } = everyMischiefOnEveryRoute();
    portal.trouble = trouble;
    portal.offer(await approvedParts({ at }));
    const agent = shop.start();
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    expect(result.outcome).toBe("succeeded");
    for (const route of [
      "/session",
      "/poll",
      ...["accept", "start", "events", "finish"].map((verb) => `/jobs/job-1/${verb}`),
    ]) {
      expect(played.get(route), route).toBe(MISCHIEF.length);
    }
    await agent.end();
    expect(portal.job("job-1").events.at(-1)?.message).toBe("Pekerjaan selesai.");
  });

  test("is waited for with full jitter that doubles up to a minute, and at least as long as it asks", {
    tags: shows("agent", 8),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    let refused = 0;
    portal.trouble = (_route, response, request) => {
      refused += 1;
      if (refused > 9) return false;
      request.resume();
      response
        .writeHead(refused === 2 ? 429 : 503, refused === 2 ? { "retry-after": "7" } : {})
        .end();
      return true;
    };
    const agent = shop.start();
    await portal.until("a session", () => portal.sessions[0]);
    await agent.end();
    // With a jitter of one half: half of 1, 2, 4 … 60 seconds.
    expect(shop.pauses.slice(0, 9)).toEqual([
      500, 7_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  test("that has not approved the agent yet is asked again until it has", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    portal.status = "pending";
    let asked = 0;
    portal.trouble = () => {
      asked += 1;
      if (asked > 3) portal.status = "approved";
      return false;
    };
    portal.offer(await approvedParts({ at }));
    const agent = shop.start();
    await portal.until("the result", () => portal.job("job-1").results[0]);
    await agent.end();
    expect(asked).toBeGreaterThan(3);
  });

  test("that forgot the session gets a new one, with the catalog, and the job goes on", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start();
    await portal.until("a held poll", () => portal.polls.length > 0);
    portal.forgetSessions();
    await portal.until("a new session", () => portal.sessions.length > 1);
    await portal.until(
      "the catalog again",
      () => portal.polls.filter((poll) => poll.catalog).length > 1,
    );
    portal.offer(await approvedParts({ at }));
    await portal.until("the result", () => portal.job("job-1").results[0]);
    await agent.end();
  });

  test("that takes a request for a replay gets it again under a new number", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    let replays = 0;
    portal.trouble = (route, response, request) => {
      if (!route.endsWith("/accept") || replays > 0) return false;
      replays += 1;
      request.resume();
      const galat = { code: "AGENT_REPLAY", pesan: "-", requestId: "r", perbaikan: [], detail: {} };
      response
        .writeHead(409, { "content-type": "application/json" })
        .end(JSON.stringify({ galat }));
      return true;
    };
    portal.offer(await approvedParts({ at }));
    const agent = shop.start();
    await portal.until("the result", () => portal.job("job-1").results[0]);
    await agent.end();
    expect(portal.sessions).toHaveLength(1);
  });

  test("that lost events is sent them again before the result", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    portal.offer(await approvedParts({ at }));
    const agent = shop.start();
    let lost = 0;
    portal.trouble = (route) => {
      if (route.endsWith("/finish") && lost++ === 0) portal.job("job-1").events.length = 2;
      return false;
    };
    const { result } = await portal.until("the result", () => portal.job("job-1").results[0]);
    await agent.end();
    expect(result.outcome).toBe("succeeded");
    expect(portal.job("job-1").events.at(-1)?.message).toBe("Pekerjaan selesai.");
  });

  test("that revoked the agent ends it with the portal's reason, and nothing is retried", async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    const agent = shop.start();
    await portal.until("a held poll", () => portal.polls.length > 0);
    portal.status = "revoked";
    portal.forgetSessions();
    await expect(agent.done).rejects.toMatchObject({ code: "AGENT_REVOKED" });
  });

  test("that sends more than an answer can hold is not read to the end", {
    tags: shows("agent", 9),
  }, async () => {
    await using portal = await startPortal();
    await using shop = await openWorkshop(portal);
    let floods = 0;
    portal.trouble = async (route, response, request) => {
      if (route !== "/session" || floods > 0) return false;
      floods += 1;
      request.resume();
      response.writeHead(200, { "content-type": "application/json" });
      response.on("error", () => undefined);
      for (let part = 0; part < 64 && !response.destroyed; part++) {
        if (!response.write("x".repeat(1024 * 1024))) {
          await new Promise((resolve) => response.once("drain", resolve).once("close", resolve));
        }
      }
      response.destroy();
      return true;
    };
    const agent = shop.start();
    await portal.until("a session after all", () => portal.sessions[0]);
    await agent.end();
    expect(shop.logged.join("\n")).toContain("an answer of more than");
  });
});
