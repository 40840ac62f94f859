/**
 * Many agents in a process of their own, so that signing and reading answers costs the portal
 * nothing but the processor. Told by messages what to do; answers with figures.
 */
import { Agent, request as send } from "node:http";
import { text } from "node:stream/consumers";
import { signRequest } from "#protocol/jws.ts";
import { AGENT_API, type PollAnswer } from "#protocol/v1.ts";
import type { Seat } from "./portal.ts";

export type Task =
  | { readonly do: "open"; readonly base: string; readonly seats: Seat[]; readonly nowS: number }
  /** Empty polls as fast as they are answered, signed beforehand. */
  | { readonly do: "empty"; readonly polls: number; readonly atOnce: number }
  /** Holds one poll an agent; tells when each was answered with which job. */
  | { readonly do: "hold" }
  /** Takes one job an agent from the offer through the start gate. */
  | { readonly do: "take"; readonly atOnce: number };

export type Told =
  | { readonly told: "done"; readonly ms: number }
  | { readonly told: "got"; readonly job: string; readonly at: number };

interface Member {
  readonly id: string;
  readonly key: CryptoKey;
  sid: string;
  n: number;
}

const POLL = { nonce: "n".repeat(22), capacity: 1, running: [], catalog: null };
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
let base = "";
let nowS = 0;
let members: Member[] = [];

process.on("message", (task: Task) => {
  void run(task).then((ms) => tell({ told: "done", ms }));
});

async function run(task: Task): Promise<number> {
  if (task.do === "open") await open(task);
  const started = performance.now();
  if (task.do === "empty") return empty(task);
  if (task.do === "hold") {
    for (const member of members) void hold(member);
    return 0;
  }
  if (task.do === "take") await each(members, task.atOnce, take);
  return performance.now() - started;
}

async function open(task: Extract<Task, { do: "open" }>): Promise<void> {
  ({ base, nowS } = task);
  members = await Promise.all(
    task.seats.map(async ({ id, key }) => {
      const imported = await crypto.subtle.importKey("jwk", key, "Ed25519", false, ["sign"]);
      return { id, key: imported, sid: "", n: 0 };
    }),
  );
  await each(members, 20, async (member) => {
    const opened = { bootId: "b", protocols: [1], version: "0" };
    const { sid } = (await post("/session", await signed(member, "/session", opened))) as {
      sid: string;
    };
    member.sid = sid;
  });
}

async function empty({ polls, atOnce }: Extract<Task, { do: "empty" }>): Promise<number> {
  const bodies = await Promise.all(
    Array.from({ length: polls }, (_, at) => {
      const member = members[at % members.length] as Member;
      return signed(member, "/poll", POLL);
    }),
  );
  const started = performance.now();
  await each(bodies, atOnce, async (body) => void (await post("/poll", body)));
  return performance.now() - started;
}

async function hold(member: Member): Promise<void> {
  const { offers } = (await post("/poll", await signed(member, "/poll", POLL))) as PollAnswer;
  const at = performance.timeOrigin + performance.now();
  const [offer] = offers;
  if (offer) tell({ told: "got", job: offer.job, at });
}

async function take(member: Member): Promise<void> {
  const { offers } = (await post("/poll", await signed(member, "/poll", POLL))) as PollAnswer;
  const [offer] = offers;
  if (!offer) throw new Error("no job was offered");
  const { epoch } = offer;
  for (const [verb, body] of [
    ["accept", { epoch, refuse: null }],
    ["start", { epoch, startId: "s" }],
  ] as const) {
    const path = `/jobs/${offer.job}/${verb}`;
    await post(path, await signed(member, path, body));
  }
}

async function signed(member: Member, route: string, payload: unknown): Promise<string> {
  const seat = member.sid === "" ? {} : { sid: member.sid, n: ++member.n };
  const header = { alg: "EdDSA" as const, kid: member.id, url: AGENT_API + route, iat: nowS };
  return JSON.stringify(await signRequest(member.key, { ...header, ...seat }, payload));
}

function post(route: string, body: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/jose+json" };
    const sent = send(
      `${base}${AGENT_API}${route}`,
      { method: "POST", agent, headers },
      (answer) =>
        void text(answer).then((said) => {
          if (answer.statusCode === 200) resolve(JSON.parse(said));
          else reject(new Error(`${route}: ${answer.statusCode} ${said}`));
        }, reject),
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** All of them, so many at once. */
async function each<T>(all: readonly T[], atOnce: number, go: (one: T) => Promise<void>) {
  const left = all.values();
  const lane = async (): Promise<void> => {
    for (const one of left) await go(one);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

function tell(message: Told): void {
  process.send?.(message);
}
