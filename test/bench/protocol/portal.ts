/** A portal behind a socket, with many agents that are approved and jobs that were sent to them. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { agents } from "#db/schema/agents.ts";
import { jobSpecs, jobs } from "#db/schema/jobs.ts";
import { fingerprint } from "#protocol/jws.ts";
import { openTestPortal, type TestPortal } from "#support/server.ts";
import { KALTIM, Office, submit, walk } from "../../http/office.ts";
import { hireAgent, newAgentKey } from "../../http/scripted-agent.ts";

const ROWS_AT_ONCE = 500;

/** What an agent in another process needs to speak for itself. */
export interface Seat {
  readonly id: string;
  readonly key: JsonWebKey;
}

export interface BenchPortal extends AsyncDisposable {
  readonly portal: TestPortal;
  readonly base: string;
  readonly seats: readonly Seat[];
  setHold(ms: number): void;
  /** Makes one job ready for each of these agents, in one batch; gives the ids in that order. */
  send(to: readonly Seat[]): Promise<string[]>;
  wake(seat: Seat): void;
}

export async function openBenchPortal(size: number): Promise<BenchPortal> {
  const stack = new AsyncDisposableStack();
  const portal = stack.use(await openTestPortal());
  const server = createServer(getRequestListener(portal.answer)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  stack.defer(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const seats = await enrol(portal, size);
  const order = await approvedOrder(portal);
  const { deps } = portal;
  let made = 0;
  return {
    portal,
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seats,
    setHold: (ms) => {
      (deps.settings as { pollHoldMs: number }).pollHoldMs = ms;
    },
    async send(to) {
      const createdAt = deps.now().toISOString();
      const rows = to.map(({ id: agent }) => {
        made += 1;
        return { agent, job: `bench-${made}` };
      });
      await deps.db.write(
        rows.flatMap(({ agent, job }) => [
          deps.db.orm.insert(jobSpecs).values({ ...order, agent, job }),
          deps.db.orm.insert(jobs).values({
            ...{ id: job, agent, request: order.request, createdAt },
            ...{ state: "ready", epoch: 0 },
          }),
        ]),
      );
      return rows.map(({ job }) => job);
    },
    wake: ({ id }) => deps.hub.wake(id),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Agents as enrolment leaves them; a thousand enrolments would measure something else. */
async function enrol({ deps }: TestPortal, size: number): Promise<Seat[]> {
  const at = deps.now().toISOString();
  const seats: Seat[] = [];
  for (let from = 0; from < size; from += ROWS_AT_ONCE) {
    const rows = [];
    for (let at_ = from; at_ < Math.min(size, from + ROWS_AT_ONCE); at_ += 1) {
      const { jwk, privateKey, thumbprint } = await newAgentKey();
      seats.push({ id: `agen-${at_}`, key: await crypto.subtle.exportKey("jwk", privateKey) });
      rows.push({
        ...{ id: `agen-${at_}`, status: "approved" as const, thumbprint, jwk, version: "0" },
        ...{ fingerprint: fingerprint(thumbprint), hostname: `host-${at_}` },
        ...{ agencies: ["kaltim"], enrolledAt: at, approvedAt: at },
      });
    }
    await deps.db.write([deps.db.orm.insert(agents).values(rows)]);
  }
  return seats;
}

/** An order that people of SOP A approved: the events that every offer below carries. */
async function approvedOrder(portal: TestPortal): Promise<typeof jobSpecs.$inferSelect> {
  const agent = await hireAgent(portal, ["db"]);
  const request = await submit(portal, KALTIM, { jenis: "backup", alasan: "CONTOH" });
  await walk(new Office(portal), KALTIM, request, { targets: ["db"], agent });
  const spec = await portal.deps.db.orm.query.jobSpecs.findFirst();
  if (!spec) throw new Error("the request has left no order");
  return spec;
}
