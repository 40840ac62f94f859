import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import {
  decide,
  decisionFor,
  KALTIM,
  look,
  Office,
  type Submitted,
  sopOf,
  submit,
  walk,
} from "./office.ts";
import { hireAgent, type ScriptedAgent } from "./scripted-agent.ts";

/** Reads server-sent events until `count` of them have an event name. */
async function read(
  answer: Response,
  count: number,
): Promise<{ id: string; event: string; data: unknown }[]> {
  const found: { id: string; event: string; data: unknown }[] = [];
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (reader && found.length < count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const line = (name: string) => block.match(new RegExp(`^${name}: (.*)$`, "m"))?.[1] ?? "";
      if (line("event"))
        found.push({ id: line("id"), event: line("event"), data: JSON.parse(line("data")) });
    }
  }
  await reader?.cancel();
  return found;
}

describe("GET /api/requests/:ref/stream", () => {
  let portal: TestPortal;
  let agent: ScriptedAgent;
  let request: Submitted;
  let job: { path: string; id: string; epoch: number };
  beforeAll(async () => {
    portal = await openTestPortal();
    const office = new Office(portal);
    agent = await hireAgent(portal, ["db-satu"]);
    request = await submit(portal, KALTIM, { jenis: "backup" });
    await walk(office, KALTIM, request, {
      targets: ["db-satu"],
      agent,
      until: (view) => view.next?.act === "laksana",
    });
    const pengelola = await office.of(sopOf(portal, KALTIM), "pengelola");
    await decide(
      portal,
      request.ref,
      pengelola,
      decisionFor(await look(portal, request.ref, pengelola), []),
    );
    const offer = await agent.offered();
    job = { path: `/jobs/${offer.job}`, id: offer.job, epoch: offer.epoch };
    await agent.call(`${job.path}/start`, { epoch: job.epoch, startId: "s" });
    await agent.call(`${job.path}/events`, {
      epoch: job.epoch,
      events: [agent.event(1), agent.event(2)],
    });
  });
  afterAll(async () => {
    await portal[Symbol.asyncDispose]();
  });

  const open = (headers: Record<string, string> = {}) =>
    portal.fetch(`/api/requests/${request.ref}/stream?kode=${request.code}`, { headers });

  it("gives what was told so far, then what comes", async () => {
    const answer = await open();
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    const reading = read(answer, 3);
    await agent.call(`${job.path}/events`, { epoch: job.epoch, events: [agent.event(3)] });
    const messages = await reading;
    expect(messages.map(({ id, event }) => [id, event])).toEqual([
      [`${job.id}:1`, "progress"],
      [`${job.id}:2`, "progress"],
      [`${job.id}:3`, "progress"],
    ]);
    expect(messages[0]?.data).toMatchObject({ job: job.id, percent: 50, message: "Kabar 1" });
  });

  it("goes on after the last message that a watcher had", async () => {
    const messages = await read(await open({ "last-event-id": `${job.id}:2` }), 1);
    expect(messages[0]?.id).toBe(`${job.id}:3`);
  });

  it("tells that the request changed, and leaves no watcher behind", async () => {
    const reading = read(await open({ "last-event-id": `${job.id}:3` }), 1);
    portal.deps.progress.changed(request.ref.replaceAll("-", ""));
    expect((await reading)[0]?.event).toBe("changed");
    expect((await portal.fetch(`/api/requests/${request.ref}/stream?kode=x`)).status).toBe(404);
  });
});
