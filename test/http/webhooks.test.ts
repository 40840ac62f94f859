import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSender } from "#functions/services/notices/send.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import { appoint, type Clerk, decideAs } from "./clerks.ts";
import { KALTIM, type Submitted, submit } from "./office.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that answers with the given statuses in turn, the last one for ever. */
async function receiver(...statuses: readonly number[]) {
  const calls: Call[] = [];
  const server = createServer(async (req, res) => {
    calls.push({ headers: req.headers, body: await text(req) });
    const status = statuses[Math.min(calls.length, statuses.length) - 1] ?? 200;
    res.writeHead(status, status === 302 ? { location: "/lain" } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/kabar`;
  return { url, calls, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

describe("webhooks", () => {
  let portal: TestPortal;
  let target: Awaited<ReturnType<typeof receiver>>;
  let administrator: Clerk;
  let request: Submitted;
  const open = async (...statuses: readonly number[]) => {
    target = await receiver(...statuses);
    portal = await openTestPortal({
      env: { PULIH_WEBHOOKS: target.url, PULIH_WEBHOOK_SECRET: SECRET },
    });
    // A receiver judges the time of a message by its own clock.
    portal.clock.set(new Date().toISOString());
    administrator = await appoint(portal, "kaltim", "administrator");
    request = await submit(portal, KALTIM);
  };
  beforeEach(() => {
    target = undefined as never;
  });
  afterEach(async () => {
    await portal[Symbol.asyncDispose]();
    await target.close();
  });
  const send = () => createSender(portal.deps).run();
  const read = ({ headers, body }: Call) =>
    new Webhook(SECRET).verify(body, headers as Record<string, string>) as {
      type: string;
      data: Record<string, unknown>;
    };

  it("tell each change with a signature that holds, by reference and stage only", async () => {
    await open(200);
    await decideAs(portal, request.ref, administrator);
    expect(await send()).toEqual({ sent: 2, failed: 0 });
    const told = target.calls.map(read);
    expect(told.map(({ type }) => type)).toEqual(["request.submitted", "request.act_performed"]);
    expect(Object.keys(told[0]?.data ?? {}).sort()).toEqual([
      "agency",
      "awaitsAnswer",
      "dueAt",
      "reference",
      "sop",
      "status",
      "step",
      "version",
    ]);
    expect(told[0]?.data).toMatchObject({ reference: request.ref, step: 2, status: "active" });
    const all = target.calls.map(({ body }) => body).join();
    expect(all).not.toContain("contoh.go.id");
    expect(all).not.toContain(request.code);
    const forged = { ...(target.calls[0] as Call), body: all };
    expect(() => read(forged)).toThrow();
  });

  it("come again under the same id after a failure, at another moment's signature", async () => {
    await open(503, 302, 200);
    expect(await send()).toEqual({ sent: 0, failed: 1 });
    portal.clock.advance(90_000);
    expect(await send()).toEqual({ sent: 0, failed: 1 });
    portal.clock.advance(170_000);
    expect(await send()).toEqual({ sent: 1, failed: 0 });
    const ids = target.calls.map(({ headers }) => headers["webhook-id"]);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    for (const call of target.calls) read(call);
    expect(new Set(target.calls.map(({ headers }) => headers["webhook-signature"])).size).toBe(3);
  });

  it("end where the receiver says that it is gone", async () => {
    await open(410);
    expect(await send()).toEqual({ sent: 0, failed: 1 });
    portal.clock.advance(60 * 60_000);
    expect(await send()).toEqual({ sent: 0, failed: 0 });
    expect(portal.log.filter(({ event }) => event === "notice_given_up")).toMatchObject([
      { detail: { channel: "webhook", error: "410" } },
    ]);
  });
});
