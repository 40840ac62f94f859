/**
 * What the protocol between portal and agents costs: signatures, the agent's own check of an offer,
 * empty polls, polls that are held, and the way from a person's approval to the agent.
 *
 *   npm run bench:protocol -- [--json]
 *
 * The portal is this process, behind a socket; all agents are one other process, so on two processors
 * each side has one. A dispatch is three signed requests, each proven and each answered after its
 * commit: the poll that leases, the acceptance, the start gate. The peers' job is fetched and
 * completed, two commits, without HTTP, signature or check (see peers.ts). Both wait for the disk.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { checkOffer } from "#protocol/check-offer.ts";
import { importPublicKey, openRequest, openTicket, signRequest } from "#protocol/jws.ts";
import { tempDir } from "#support/temp-dir.ts";
import { approvedParts, offerOf } from "../../agent/approved-offer.ts";
import { newAgentKey } from "../../http/scripted-agent.ts";
import { type Peer, printReport, type Row, rows } from "../report.ts";
import type { Task, Told } from "./crowd.ts";
import { measureQueues } from "./peers.ts";
import { type BenchPortal, openBenchPortal } from "./portal.ts";

const AGENTS = 500;
const POLLS = 10_000;
const DISPATCHES = 300;
const AT_ONCE = 20;

await using directory = await tempDir();
const pure = [...(await measureSignatures()), ...(await measureOfferCheck())];
const served = await measurePortal();
say("other queues");
let ok = true;
const peers = await measureQueues(directory.path, AGENTS, AT_ONCE).catch((error: unknown) => {
  console.error(`bench:protocol: the peers could not be measured: ${error}`);
  ok = false;
  return [];
});
printReport(
  `The protocol, ${AGENTS} agents`,
  [
    ...pure,
    ...served.rows,
    ...rows("dispatched, signed", "jobs/s", served.dispatched, bestOf(peers), peers),
  ],
  ok,
);

/** Signatures and all, no slower than the faster of the others in the same run. */
function bestOf(peers: readonly Peer[]): string | null {
  const values = peers.flatMap(({ value }) => value ?? []);
  return values.length === 0 ? null : `≥ ${Math.round(Math.max(...values))}`;
}

async function measureSignatures(): Promise<Row[]> {
  say("signatures");
  const { privateKey, jwk } = await newAgentKey();
  const header = { alg: "EdDSA" as const, kid: "a", url: "/x", sid: "s", n: 1, iat: 1 };
  const body = { nonce: "n".repeat(22), capacity: 1, running: [], catalog: null };
  const key = await importPublicKey(jwk);
  const jws = await signRequest(privateKey, header, body);
  return [
    ...rows("sign a request", "ms", await each(2_000, () => signRequest(privateKey, header, body))),
    ...rows("prove a request", "ms", await each(2_000, () => openRequest(jws, key))),
  ];
}

async function measureOfferCheck(): Promise<Row[]> {
  say("offer check");
  const server = (await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const now = new Date("2026-08-03T03:00:00.000Z");
  const nonce = "n".repeat(22);
  const manifest = "d".repeat(64);
  const parts = await approvedParts({ action: "drop", manifests: { b1: manifest } });
  const offer = await offerOf(parts, { serverKey: server.privateKey, nonce, now });
  const check = async () => {
    const verdict = await checkOffer(offer, {
      ...{ agentId: "agent-1", nonce, now, lastEpoch: 0, startedJobs: new Set<string>() },
      ticket: await openTicket(offer.ticket, server.publicKey),
      knowsTarget: () => true,
      policy: () => true,
      knownManifest: () => manifest,
    });
    if (!verdict.ok) throw new Error(`the offer was refused: ${verdict.reason}`);
  };
  const bytes = Buffer.byteLength(JSON.stringify(offer));
  return [
    ...rows(
      `check an offer of ${offer.events.length} events`,
      "ms",
      await each(500, check),
      "≤ 25",
    ),
    ...rows("an offer on the wire", "kB", bytes / 1_000, "≤ 32"),
  ];
}

async function measurePortal(): Promise<{ rows: Row[]; dispatched: number }> {
  say(`a portal with ${AGENTS} agents`);
  await using bench = await openBenchPortal(AGENTS);
  await using crowd = openCrowd();
  const nowS = Math.floor(bench.portal.clock.now().getTime() / 1_000);
  bench.setHold(0);
  await crowd.do({ do: "open", base: bench.base, seats: [...bench.seats], nowS });

  say(`${POLLS} empty polls`);
  const atStart = process.cpuUsage();
  const emptyMs = await crowd.do({ do: "empty", polls: POLLS, atOnce: AT_ONCE });
  const pollCpuMs = cpuMs(atStart) / POLLS;

  say("dispatch");
  await bench.send(bench.seats);
  const beforeTaking = process.cpuUsage();
  const takeMs = await crowd.do({ do: "take", atOnce: AT_ONCE });
  const takeCpuMs = cpuMs(beforeTaking) / AGENTS;

  say(`${AGENTS} held polls`);
  bench.setHold(3_600_000);
  const before = await settledBytes();
  await crowd.do({ do: "hold" });
  while (bench.portal.deps.hub.held < AGENTS) await wait(50);
  const heldKb = ((await settledBytes()) - before) / AGENTS / 1_000;
  const latencies = await dispatchToHeld(bench, crowd);
  return {
    dispatched: (AGENTS * 1_000) / takeMs,
    rows: [
      ...rows("empty polls, signed", "1/s", (POLLS * 1_000) / emptyMs, "≥ 1500"),
      ...rows("portal's processor, an empty poll", "ms", pollCpuMs),
      ...rows("portal's processor, a dispatch", "ms", takeCpuMs),
      ...rows("memory of a held poll", "kB", heldKb, "≤ 20"),
      ...rows("approved → agent has it, p50", "ms", quantile(latencies, 0.5), "≤ 15"),
      ...rows("approved → agent has it, p99", "ms", quantile(latencies, 0.99), "≤ 100"),
    ],
  };
}

/** From the commit of a person's approval to the agent's last byte of the offer, one after the other. */
async function dispatchToHeld(bench: BenchPortal, crowd: Crowd): Promise<number[]> {
  const times: number[] = [];
  for (const seat of bench.seats.slice(0, DISPATCHES)) {
    const [job = ""] = await bench.send([seat]);
    const committed = performance.timeOrigin + performance.now();
    const got = crowd.got(job);
    bench.wake(seat);
    times.push((await got) - committed);
  }
  return times.sort((a, b) => a - b);
}

interface Crowd extends AsyncDisposable {
  /** Milliseconds the task took there. */
  do(task: Task): Promise<number>;
  /** When an agent was told of the job, in milliseconds of the epoch. */
  got(job: string): Promise<number>;
}

function openCrowd(): Crowd {
  const child: ChildProcess = fork(join(import.meta.dirname, "crowd.ts"));
  const waiting = new Map<string, (value: number) => void>();
  let ended = (_error: Error): void => undefined;
  const broken = new Promise<never>((_, reject) => {
    ended = reject;
  });
  broken.catch(() => undefined);
  child.on("message", (told: Told) => {
    const [key, value] = told.told === "done" ? ["done", told.ms] : [told.job, told.at];
    waiting.get(key)?.(value);
    waiting.delete(key);
  });
  child.on("exit", (code) => ended(new Error(`the agents ended with ${code}`)));
  const answer = (key: string): Promise<number> =>
    Promise.race([new Promise<number>((resolve) => waiting.set(key, resolve)), broken]);
  return {
    do(task) {
      const done = answer("done");
      child.send(task);
      return done;
    },
    got: answer,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}

/** What is held on the heap and beside it; resident pages are given back when the system likes. */
async function settledBytes(): Promise<number> {
  await wait(500);
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Of the portal alone; other work on the machine does not count. */
function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
}

/** Milliseconds a call, the mean of many after a warm-up. */
async function each(times: number, run: () => Promise<unknown>): Promise<number> {
  for (let at = 0; at < times / 10; at += 1) await run();
  const started = performance.now();
  for (let at = 0; at < times; at += 1) await run();
  return (performance.now() - started) / times;
}

function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}

function say(line: string): void {
  console.error(`bench:protocol: ${line}`);
}
