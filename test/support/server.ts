/**
 * The portal on throw-away data, for tests and programs: either as a plain fetch handler without a
 * socket, or as a whole server on a free port.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createApp } from "#functions/app.ts";
import { readSettings, type Settings } from "#functions/env.ts";
import { type RunningServer, startServer } from "#functions/http/server.ts";
import { createServices, type Services } from "#functions/services/create.ts";
import type { Deps } from "#functions/services/deps.ts";
import { createLimits } from "#functions/services/limits.ts";
import { assignPosition } from "#functions/services/people/assign-position.ts";
import { createUser } from "#functions/services/people/create-user.ts";
import { enrolTotp } from "#functions/services/people/second-factor.ts";
import { openDeps } from "#functions/start.ts";
import { codeNow, cookiesIn } from "#support/sign-in.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const TEST_ORIGIN = "http://portal.test";

export interface LogLine {
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A clock that stands until it is moved. */
export interface TestClock {
  now(): Date;
  set(iso: string): void;
  advance(ms: number): void;
}

export interface Official {
  readonly person: string;
  readonly email: string;
  readonly password: string;
  /** Of the authenticator app. */
  readonly secret: string;
  readonly cookie: string;
}

export interface TestPortal extends AsyncDisposable {
  readonly deps: Deps;
  readonly services: Services;
  readonly clock: TestClock;
  readonly log: readonly LogLine[];
  /** Every method and pattern that is answered; ALL is what stands before them. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** A path inside the data folder. */
  pathOf(path: string): string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The functions as the listener of a socket calls them. */
  readonly answer: ReturnType<typeof createApp>["fetch"];
  /** A signed-in person who holds this position. */
  official(agency: string, jabatan: string, options?: HoldOptions): Promise<Official>;
}

export interface HoldOptions {
  readonly name?: string;
  readonly capacity?: string;
  readonly since?: string;
  readonly until?: string | null;
}

/** The functions without sockets. `clock` starts on a working Monday morning in Kalimantan. */
export async function openTestPortal(
  options: { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<TestPortal> {
  const directory = await mkdtemp(join(tmpdir(), "pulih-portal-"));
  const settings = testSettings(directory, options.env ?? {});
  const clock = testClock("2026-11-23T01:00:00.000Z");
  const log: LogLine[] = [];
  const opened = await openDeps(settings, TEST_ORIGIN, {
    now: clock.now,
    log: (event, detail = {}) => log.push({ event, detail }),
  });
  const { deps } = opened;
  const services = createServices(deps);
  const app = createApp({
    services,
    limits: createLimits(settings.limits),
    origin: TEST_ORIGIN,
    trustProxy: settings.trustProxy,
    now: deps.now,
    newId: deps.newId,
    log: deps.log,
  });
  const fetch = async (path: string, init?: RequestInit): Promise<Response> =>
    app.fetch(new Request(new URL(path, TEST_ORIGIN), init));
  return {
    deps,
    services,
    clock,
    log,
    routes: app.routes,
    pathOf: (path) => join(directory, path),
    fetch,
    answer: app.fetch,
    official: (agency, jabatan, hold = {}) => hire(deps, fetch, agency, jabatan, hold),
    async [Symbol.asyncDispose]() {
      deps.hub.endAll();
      opened.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A whole server on a free port of the loopback, with its own data. */
export async function startTestServer(
  options: { readonly env?: Readonly<Record<string, string>>; readonly clock?: TestClock } = {},
): Promise<RunningServer> {
  const directory = await mkdtemp(join(tmpdir(), "pulih-server-"));
  const server = await startServer(testSettings(directory, options.env ?? {}), {
    log: () => undefined,
    ...(options.clock ? { now: options.clock.now } : {}),
  });
  const close = async (): Promise<void> => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { ...server, close, [Symbol.asyncDispose]: close };
}

function testSettings(directory: string, env: Readonly<Record<string, string>>): Settings {
  return readSettings(
    {
      PULIH_DATA: directory,
      PULIH_PORT: "0",
      PULIH_CONTOH: "1",
      PULIH_POLL_HOLD_MS: "200",
      // Tests move the clock by days; those of the sessions set their own.
      PULIH_SESSION_IDLE_MINUTES: "500000",
      PULIH_SESSION_HOURS: "9000",
      PULIH_LIMIT_SIGN_IN: "1000",
      PULIH_LIMIT_SUBMIT: "1000",
      PULIH_LIMIT_TRACK: "1000",
      PULIH_LIMIT_ENROLL: "1000",
      ...env,
    },
    root,
  );
}

export function testClock(start: string): TestClock {
  let at = Date.parse(start);
  return {
    now: () => new Date(at),
    set: (iso) => {
      at = Date.parse(iso);
    },
    advance: (ms) => {
      at += ms;
    },
  };
}

export async function hire(
  deps: Deps,
  fetch: TestPortal["fetch"],
  agency: string,
  jabatan: string,
  {
    name = `CONTOH ${jabatan}`,
    capacity = "definitif",
    since = "2026-01-01",
    until = null,
  }: HoldOptions,
): Promise<Official> {
  const email = `${jabatan}.${randomUUID()}@${agency}.contoh.go.id`;
  const password = randomUUID();
  const { person } = await createUser(deps, { email, name, password });
  const { secret } = await enrolTotp(deps, { person, email });
  await assignPosition(deps, { email, agency, jabatan, capacity, since, until, decree: "CONTOH" });
  const send = async (path: string, form: Record<string, string>, cookie = ""): Promise<string> => {
    const body = new URLSearchParams(form);
    const answer = await fetch(path, { method: "POST", body, headers: { cookie } });
    const set = cookiesIn(answer);
    if (answer.status !== 303 || set === "") throw new Error(`${path} answered ${answer.status}`);
    return set;
  };
  const challenge = await send("/api/session", { surel: email, sandi: password });
  const cookie = await send("/api/session/code", { kode: await codeNow(secret) }, challenge);
  return { person, email, password, secret, cookie };
}
