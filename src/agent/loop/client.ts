import type { z } from "zod";
import { AppError } from "#domain/errors.ts";
import { signRequest } from "#protocol/jws.ts";
import {
  AcceptAnswer,
  type AcceptRequest,
  AGENT_API,
  BODY_BYTES_MAX,
  EndAnswer,
  EnrollAnswer,
  type EnrollRequest,
  EventsAnswer,
  type EventsRequest,
  FinishAnswer,
  type FinishRequest,
  PollAnswer,
  type PollRequest,
  PROTOCOL_VERSION,
  type ProtectedHeader,
  SessionAnswer,
  StartAnswer,
  type StartRequest,
} from "#protocol/v1.ts";
import { exchange } from "./exchange.ts";
import { orAbort } from "./or-abort.ts";
import { type Patience, withRetry } from "./retry.ts";

type In<T extends z.ZodType> = z.infer<T>;
export type Session = In<typeof SessionAnswer>;

const TIMEOUT_MS = 30_000;
/** A held answer may take this much longer than the hold; silence beyond it is a dead connection. */
const POLL_GRACE_MS = 15_000;
const HOLD_MS_MAX = 120_000;
/** An offer carries an SOP and the events of a request. */
const POLL_BYTES_MAX = 9 * BODY_BYTES_MAX;

export interface ClientOptions extends Patience {
  readonly portal: string;
  /** Agent id; for enrolment the key's thumbprint. */
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly bootId: string;
  readonly version: string;
  readonly now: () => Date;
  readonly log: (message: string, detail?: Readonly<Record<string, unknown>>) => void;
}

/**
 * The portal as the agent sees it. Every call is made again until it succeeds, the portal refuses
 * (AppError), or `signal` aborts; so a call must be harmless when it arrives twice.
 */
export interface Client {
  /** Calls made in a session; opens one where there is none. */
  session(signal: AbortSignal): Promise<Session>;
  /** `build` makes the request anew for each try: its nonce and catalog belong to one try and session. */
  poll(
    build: (session: Session) => PollRequest,
    signal: AbortSignal,
  ): Promise<In<typeof PollAnswer>>;
  accept(
    job: string,
    request: In<typeof AcceptRequest>,
    signal: AbortSignal,
  ): Promise<In<typeof AcceptAnswer>>;
  start(
    job: string,
    request: In<typeof StartRequest>,
    signal: AbortSignal,
  ): Promise<In<typeof StartAnswer>>;
  events(
    job: string,
    request: In<typeof EventsRequest>,
    signal: AbortSignal,
  ): Promise<In<typeof EventsAnswer>>;
  finish(
    job: string,
    request: In<typeof FinishRequest>,
    signal: AbortSignal,
  ): Promise<In<typeof FinishAnswer>>;
  /** Ends the session where there is one. Tried once: who waits is only the next process, a little. */
  end(signal: AbortSignal): Promise<void>;
}

export function createClient(options: ClientOptions): Client {
  let current: { readonly answer: Session; n: number } | null = null;
  let opening: Promise<void> | null = null;
  /** Requests leave in the order of their numbers. */
  let turn: Promise<unknown> = Promise.resolve();

  const send = async <T>(
    route: string,
    seat: { readonly sid: string; readonly n: number } | null,
    payload: unknown,
    schema: z.ZodType<T>,
    limits: { readonly timeoutMs: number; readonly bytesMax: number; readonly signal: AbortSignal },
  ): Promise<Promise<T>[]> => {
    const path = `${AGENT_API}${route}`;
    const iat = Math.floor(options.now().getTime() / 1000);
    const header: ProtectedHeader = { alg: "EdDSA", kid: options.kid, url: path, iat, ...seat };
    const body = await signRequest(options.privateKey, header, payload);
    // In a list, so that whoever waits for the sending does not wait for the answer.
    return [exchange({ url: new URL(path, options.portal), body, schema, ...limits })];
  };

  const openSession = async (): Promise<void> => {
    const { bootId, version } = options;
    const request = { bootId, version, protocols: [PROTOCOL_VERSION] };
    // Shared by all callers, so none of their signals may end it; the timeout does.
    const { signal } = new AbortController();
    const limits = { timeoutMs: TIMEOUT_MS, bytesMax: BODY_BYTES_MAX, signal };
    const [answering] = await send("/session", null, request, SessionAnswer, limits);
    const answer = await answering;
    if (!answer) throw new AppError("INTERNAL", "a session without an answer");
    if (answer.protocol !== PROTOCOL_VERSION) {
      throw new AppError("AGENT_PROTOCOL", `the portal speaks protocol ${answer.protocol}`);
    }
    current = { answer, n: 0 };
    options.log("session opened", { holdMs: answer.holdMs });
  };

  const inSession = async (signal: AbortSignal): Promise<NonNullable<typeof current>> => {
    while (current === null) {
      opening ??= openSession().finally(() => {
        opening = null;
      });
      await orAbort(opening, signal);
    }
    return current;
  };

  const retrying = <T>(
    what: string,
    signal: AbortSignal,
    call: (renewable: { sid: string }) => Promise<T>,
  ): Promise<T> => {
    const used = { sid: "" };
    return withRetry(() => call(used), {
      signal,
      sleep: options.sleep,
      rng: options.rng,
      renewSession: () => {
        // Another call may have opened a new one already.
        if (current?.answer.sid === used.sid) current = null;
      },
      onPause: (error, ms) =>
        options.log("portal does not answer as it should", {
          what,
          code: error instanceof AppError ? error.code : "INTERNAL",
          cause: error instanceof AppError ? error.message : String(error),
          pauseMs: ms,
        }),
    });
  };

  const call = <T>(
    route: string,
    build: (session: Session) => unknown,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    isPoll = false,
  ): Promise<T> =>
    retrying(route, signal, async (used) => {
      const seat = await inSession(signal);
      used.sid = seat.answer.sid;
      const holdMs = isPoll
        ? Math.min(seat.answer.holdMs, HOLD_MS_MAX) + POLL_GRACE_MS
        : TIMEOUT_MS;
      const limits = {
        timeoutMs: holdMs,
        bytesMax: isPoll ? POLL_BYTES_MAX : BODY_BYTES_MAX,
        signal,
      };
      const sent = turn.then(() => {
        seat.n += 1;
        return send(route, { sid: used.sid, n: seat.n }, build(seat.answer), schema, limits);
      });
      turn = sent.catch(() => undefined);
      const [answering] = await sent;
      return answering as Promise<T>;
    });

  const ofJob = (job: string, verb: string): string => `/jobs/${encodeURIComponent(job)}/${verb}`;
  return {
    session: (signal) => retrying("/session", signal, async () => (await inSession(signal)).answer),
    poll: (build, signal) => call("/poll", build, PollAnswer, signal, true),
    accept: (job, request, signal) =>
      call(ofJob(job, "accept"), () => request, AcceptAnswer, signal),
    start: (job, request, signal) => call(ofJob(job, "start"), () => request, StartAnswer, signal),
    events: (job, request, signal) =>
      call(ofJob(job, "events"), () => request, EventsAnswer, signal),
    finish: (job, request, signal) =>
      call(ofJob(job, "finish"), () => request, FinishAnswer, signal),
    end: async (signal) => {
      await turn;
      if (current === null) return;
      current.n += 1;
      const seat = { sid: current.answer.sid, n: current.n };
      const limits = { timeoutMs: TIMEOUT_MS, bytesMax: BODY_BYTES_MAX, signal };
      const [answering] = await send("/session/end", seat, {}, EndAnswer, limits);
      await answering;
      current = null;
    },
  };
}

/** Asks the portal once to take this key; a person approves it there. */
export async function enroll(
  options: Pick<ClientOptions, "portal" | "kid" | "privateKey" | "now">,
  request: In<typeof EnrollRequest>,
): Promise<In<typeof EnrollAnswer>> {
  const path = `${AGENT_API}/enroll`;
  const iat = Math.floor(options.now().getTime() / 1000);
  const body = await signRequest(
    options.privateKey,
    { alg: "EdDSA", kid: options.kid, url: path, iat },
    request,
  );
  return exchange({
    url: new URL(path, options.portal),
    body,
    schema: EnrollAnswer,
    timeoutMs: TIMEOUT_MS,
    bytesMax: BODY_BYTES_MAX,
    signal: new AbortController().signal,
  });
}
