/**
 * A portal of one agent, small but strict: real HTTP, real signatures, the protocol's refusals. What
 * it saw is kept for the tests, and `trouble` puts something else in its place for a while.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK } from "jose";
import type { z } from "zod";
import { AppError, isAppError } from "#domain/errors.ts";
import { openEnvelope } from "#domain/trust/dsse.ts";
import {
  fingerprint,
  importPublicKey,
  openRequest,
  peekHeader,
  thumbprint,
} from "#protocol/jws.ts";
import {
  AcceptRequest,
  AGENT_API,
  EnrollRequest,
  EventsRequest,
  FinishRequest,
  FlattenedJws,
  type JobEvent,
  JobResult,
  PollRequest,
  PublicJwk,
  RESULT_TYPE,
  StartRequest,
} from "#protocol/v1.ts";
import { type OfferParts, offerOf } from "./approved-offer.ts";

type Poll = z.infer<typeof PollRequest>;

export interface PortalJob {
  readonly parts: OfferParts;
  state: "ready" | "leased" | "running" | "ended" | "refused" | "cancelling";
  epoch: number;
  startId: string | null;
  readonly startIds: string[];
  readonly events: z.infer<typeof JobEvent>[];
  refusal: { reason: string; detail: string } | null;
  /** Every result that arrived, proven. */
  readonly results: { readonly result: JobResult; readonly bytes: string }[];
}

/** Handles a request in the portal's place; false lets the portal answer. */
export type Trouble = (
  route: string,
  response: ServerResponse,
  request: IncomingMessage,
) => boolean | Promise<boolean>;

export interface FakePortal extends AsyncDisposable {
  readonly base: string;
  readonly serverJwk: PublicJwk;
  readonly serverKey: CryptoKeyPair;
  readonly agentId: string;
  readonly jobs: Map<string, PortalJob>;
  readonly polls: Poll[];
  readonly sessions: string[];
  /** Those whose agent said that it ends. */
  readonly ended: string[];
  /** Everything that arrived, as sent. */
  readonly bodies: string[];
  status: "pending" | "approved" | "revoked";
  trouble: Trouble | null;
  knowKey(jwk: PublicJwk): Promise<void>;
  offer(parts: OfferParts): void;
  /** Puts a job back as if its lease had run out. */
  release(job: string): void;
  /** Ends the agent's hold on a job: its epoch is over. */
  fence(job: string): void;
  cancel(job: string): void;
  forgetSessions(): void;
  job(id: string): PortalJob;
  /** Resolves when `condition` holds after a request; rejects after 20 s. */
  until<T>(what: string, condition: () => T | null | undefined | false): Promise<T>;
}

export async function startPortal(options: { readonly holdMs?: number } = {}): Promise<FakePortal> {
  const holdMs = options.holdMs ?? 20_000;
  const serverKey = (await crypto.subtle.generateKey("Ed25519", true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const serverJwk = PublicJwk.parse(await exportJWK(serverKey.publicKey));
  const agentId = "agent-1";
  const seen = new Map<string, Set<number>>();
  const waiting = new Set<() => void>();
  let held: ((how: "woken" | "ended") => void) | null = null;
  let agentKey: CryptoKey | null = null;
  let agentPrint = "";

  const wake = (): void => held?.("woken");
  const changed = (): void => {
    for (const check of [...waiting]) check();
  };
  /** One poll is held at a time: a newer one ends it. */
  const hold = (): Promise<"woken" | "ended"> => {
    held?.("ended");
    return new Promise((resolve) => {
      const end = (how: "woken" | "ended"): void => {
        clearTimeout(timer);
        if (held === end) held = null;
        resolve(how);
      };
      const timer = setTimeout(end, holdMs, "ended");
      held = end;
    });
  };

  const portal: FakePortal = {
    base: "",
    serverJwk,
    serverKey,
    agentId,
    jobs: new Map(),
    polls: [],
    sessions: [],
    ended: [],
    bodies: [],
    status: "approved",
    trouble: null,
    async knowKey(jwk) {
      agentKey = await importPublicKey(jwk);
      agentPrint = await thumbprint(jwk);
    },
    offer(parts) {
      portal.jobs.set(parts.spec.job, {
        parts,
        state: "ready",
        epoch: 0,
        startId: null,
        startIds: [],
        events: [],
        refusal: null,
        results: [],
      });
      wake();
    },
    release(id) {
      portal.job(id).state = "ready";
      wake();
    },
    fence(id) {
      portal.job(id).epoch += 1;
      wake();
    },
    cancel(id) {
      portal.job(id).state = "cancelling";
      wake();
    },
    forgetSessions() {
      seen.clear();
      wake();
    },
    job(id) {
      const job = portal.jobs.get(id);
      if (!job) throw new AppError("JOB_UNKNOWN", id);
      return job;
    },
    until: (what, condition) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const value = condition();
          if (!value) return;
          clearTimeout(timer);
          waiting.delete(check);
          resolve(value);
        };
        const timer = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`the portal waited too long for: ${what}`));
        }, 20_000);
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      portal.trouble = null;
      held?.("ended");
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };

  const open = async (route: string, text: string, isEnrolment: boolean) => {
    const jws = FlattenedJws.parse(JSON.parse(text));
    const header = peekHeader(jws);
    if (isEnrolment) {
      const { jwk } = EnrollRequest.parse(
        JSON.parse(Buffer.from(jws.payload, "base64url").toString()),
      );
      return openRequest(jws, await importPublicKey(jwk));
    }
    if (header.kid !== agentId || !agentKey) throw new AppError("AGENT_UNKNOWN", header.kid);
    const opened = await openRequest(jws, agentKey);
    if (header.url !== `${AGENT_API}${route}`) throw new AppError("AGENT_SIGNATURE", "url");
    if (Math.abs(Date.now() / 1000 - header.iat) > 120) throw new AppError("AGENT_CLOCK", "iat");
    if (portal.status === "pending") throw new AppError("AGENT_PENDING", agentId);
    if (portal.status === "revoked") throw new AppError("AGENT_REVOKED", agentId);
    if (route === "/session") return opened;
    const numbers = seen.get(header.sid ?? "");
    if (!numbers || header.n === undefined) throw new AppError("AGENT_SESSION", "sid");
    if (numbers.has(header.n)) throw new AppError("AGENT_REPLAY", "n");
    numbers.add(header.n);
    return opened;
  };

  const enroll = async (payload: unknown) => {
    const { code, jwk } = EnrollRequest.parse(payload);
    if (code !== "KODE-BENAR") throw new AppError("AGENT_CODE", "code");
    await portal.knowKey(jwk);
    return { agent: agentId, fingerprint: fingerprint(agentPrint), server: { jwk: serverJwk } };
  };

  const openSession = () => {
    const sid = `s${portal.sessions.length + 1}`;
    portal.sessions.push(sid);
    seen.clear();
    seen.set(sid, new Set());
    held?.("ended");
    return { sid, protocol: 1, holdMs, leaseMs: 60_000, now: new Date().toISOString() };
  };

  const poll = async (payload: unknown, signal: AbortSignal) => {
    const request = PollRequest.parse(payload);
    portal.polls.push(request);
    changed();
    for (let how = "woken"; ; how = await hold()) {
      if (!seen.has(portal.sessions.at(-1) ?? "")) throw new AppError("AGENT_SESSION", "forgotten");
      const now = new Date();
      const mine = request.running.map(({ job, epoch }) => ({
        job,
        epoch,
        known: portal.jobs.get(job),
      }));
      const cancels = mine
        .filter(({ known, epoch }) => known?.state === "cancelling" && known.epoch === epoch)
        .map(({ job, epoch }) => ({ job, epoch }));
      const fenced = mine
        .filter(({ known, epoch }) => known?.epoch !== epoch)
        .map(({ job }) => job);
      const offers = [];
      for (const job of portal.jobs.values()) {
        if (job.state !== "ready" || offers.length >= request.capacity || signal.aborted) continue;
        job.state = "leased";
        job.epoch += 1;
        const seat = {
          serverKey: serverKey.privateKey,
          nonce: request.nonce,
          now,
          epoch: job.epoch,
        };
        offers.push(await offerOf(job.parts, seat));
      }
      const isEmpty = cancels.length + fenced.length + offers.length === 0;
      if (!isEmpty || how === "ended" || signal.aborted) {
        return { now: now.toISOString(), offers, cancels, fenced };
      }
    }
  };

  const ofJob = async (id: string, verb: string, payload: unknown) => {
    const job = portal.job(id);
    const held = (epoch: number): void => {
      if (job.epoch !== epoch) throw new AppError("JOB_STALE_LEASE", id);
    };
    if (verb === "accept") {
      const { epoch, refuse } = AcceptRequest.parse(payload);
      held(epoch);
      if (job.state !== "leased") throw new AppError("JOB_STALE_LEASE", job.state);
      if (refuse) {
        job.refusal = refuse;
        job.state = refuse.reason === "busy" ? "ready" : "refused";
      }
      return { leaseUntil: refuse ? null : new Date(Date.now() + 60_000).toISOString() };
    }
    if (verb === "start") {
      const { epoch, startId } = StartRequest.parse(payload);
      held(epoch);
      job.startIds.push(startId);
      const isAgain = job.state === "running" && job.startId === startId;
      if (job.state === "cancelling") throw new AppError("JOB_CANCELLED", id);
      if (job.state !== "leased" && !isAgain) throw new AppError("JOB_STATE", job.state);
      job.state = "running";
      job.startId = startId;
      return { startId };
    }
    if (verb === "events") {
      const { epoch, events } = EventsRequest.parse(payload);
      held(epoch);
      if (!["running", "cancelling"].includes(job.state))
        throw new AppError("JOB_STALE_LEASE", job.state);
      const fresh = events.filter((event) => event.seq > job.events.length);
      const expected = job.events.length + 1;
      if (fresh[0] && fresh[0].seq !== expected)
        throw new AppError("JOB_GAP", id, { detail: { expected } });
      job.events.push(...fresh);
      return { acceptedSeq: job.events.length };
    }
    const { epoch, lastSeq, result } = FinishRequest.parse(payload);
    held(epoch);
    const expected = job.events.length + 1;
    if (lastSeq >= expected) throw new AppError("JOB_GAP", id, { detail: { expected } });
    if (!["running", "cancelling", "ended"].includes(job.state))
      throw new AppError("JOB_STATE", job.state);
    const bytes = agentKey && (await openEnvelope(agentKey, RESULT_TYPE, result));
    if (!bytes) throw new AppError("AGENT_SIGNATURE", "result");
    const text = new TextDecoder().decode(bytes);
    job.results.push({ result: JobResult.parse(JSON.parse(text)), bytes: text });
    job.state = "ended";
    return { recorded: true };
  };

  const answer = async (route: string, text: string, signal: AbortSignal): Promise<unknown> => {
    const { payload, header } = await open(route, text, route === "/enroll");
    if (route === "/enroll") return enroll(payload);
    if (route === "/session") return openSession();
    if (route === "/session/end") {
      portal.ended.push(header.sid ?? "");
      return { ended: true };
    }
    if (route === "/poll") return poll(payload, signal);
    const [, id = "", verb = ""] = /^\/jobs\/([^/]+)\/(\w+)$/.exec(route) ?? [];
    return ofJob(decodeURIComponent(id), verb, payload);
  };

  const server = createServer((request, response) => {
    void (async () => {
      const route = (request.url ?? "").slice(AGENT_API.length);
      if (request.url === "/api/health") return void response.end("{}");
      if (await portal.trouble?.(route, response, request)) return;
      let text = "";
      for await (const part of request.setEncoding("utf8")) text += part;
      portal.bodies.push(text);
      const gone = new AbortController();
      response.on("close", () => gone.abort());
      const [status, body] = await answer(route, text, gone.signal).then(
        (given) => [200, given] as const,
        (error: unknown) => {
          const known = isAppError(error) ? error : new AppError("INTERNAL", String(error));
          const { code, row, detail } = known;
          const galat = { code, pesan: row.pesan, requestId: "r1", perbaikan: [], detail };
          return [row.status, { galat }] as const;
        },
      );
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      changed();
    })().catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return Object.assign(portal, { base: `http://127.0.0.1:${port}` });
}
