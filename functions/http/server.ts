import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "../app.ts";
import type { Settings } from "../env.ts";
import { addressOf } from "../routes/guards.ts";
import { POLICIES, securityHeaders } from "../security-headers.ts";
import { type Background, startBackground } from "../services/background.ts";
import { keepCalendars } from "../services/clocks/keep-calendars.ts";
import { createServices } from "../services/create.ts";
import { createLimits } from "../services/limits.ts";
import { pageServices } from "../services/page-services.ts";
import type { PageLocals } from "../services/services.ts";
import { type Opened, openDeps, type Surroundings } from "../start.ts";
import { compressPage } from "./compress.ts";
import { answerGone, type GonePages, readGonePages } from "./gone.ts";
import { openPages, type Pages } from "./pages.ts";

const DRAIN_MS = 5_000;
/** Open data and their feed are files by name, but made from the figures. */
const FUNCTIONS = /^\/(?:api(?:\/.*)?|metrics|data\/.*[^/]|umpan\/transparansi\.atom)$/;

export interface RunningServer extends AsyncDisposable {
  /** Where it listens, e.g. http://127.0.0.1:3000 */
  readonly base: string;
  readonly deps: Opened["deps"];
  /** Stops taking connections, ends held polls and streams, closes the database. Idempotent. */
  close(): Promise<void>;
}

/** One process: static files, functions, on-demand pages, and what it does by itself. */
export async function startServer(
  settings: Settings,
  surroundings: Surroundings = {},
): Promise<RunningServer> {
  const pages = await openPages(settings.dist);
  const headers = securityHeaders(settings.origin ?? "");
  let handle: (req: IncomingMessage, res: ServerResponse) => void = (_req, res) => {
    res.writeHead(503, { "retry-after": "1" }).end();
  };
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 15_000 }, (req, res) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    const policy = POLICIES.get(pathOf(req));
    if (policy !== undefined) res.setHeader("content-security-policy", policy);
    handle(req, res);
  });
  const port = await listen(server, settings);
  const base = `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`;
  const origin = settings.origin ?? base;
  const opened = await openDeps(settings, origin, surroundings).catch((error: unknown) => {
    server.close();
    throw error;
  });
  const { deps } = opened;
  await keepCalendars(deps).catch((error: unknown) => {
    server.close();
    opened.close();
    throw error;
  });
  const gone = await readGonePages(settings.dist, deps.catalog.sops);
  handle = handlerOf(opened, settings, origin, pages, gone);

  const background = startBackground(deps, settings);
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= stop(server, background, opened);
    return closing;
  };
  deps.log("started", { base, origin });
  return { base, deps, close, [Symbol.asyncDispose]: close };
}

function handlerOf(
  { deps }: Opened,
  settings: Settings,
  origin: string,
  pages: Pages,
  gone: GonePages,
) {
  const services = createServices(deps);
  const limits = createLimits(settings.limits);
  const { trustProxy } = settings;
  const { now, newId, log } = deps;
  const app = createApp({ services, limits, origin, trustProxy, now, newId, log });
  const functions = getRequestListener(app.fetch);

  const localsOf = async (req: IncomingMessage): Promise<PageLocals> => {
    const forwarded = [req.headers["x-forwarded-for"] ?? []].flat().join(",") || undefined;
    const address = addressOf({ incoming: req }, forwarded, trustProxy);
    const requestId = newId();
    const headers = new Headers({ cookie: req.headers.cookie ?? "" });
    const viewer = await services.people.viewerOf(headers);
    return {
      viewer: viewer && (viewer.secondFactor || isSignInPage(pathOf(req))) ? viewer : null,
      requestId,
      origin,
      services: pageServices(services, limits, { address, requestId, headers }),
    };
  };
  const notFound = (res: ServerResponse): void => {
    res.writeHead(404, { "content-type": "text/html; charset=utf-8" });
    res.end(pages.notFound ?? "Halaman tidak ditemukan.");
  };
  return (req: IncomingMessage, res: ServerResponse): void => {
    const path = pathOf(req);
    if (FUNCTIONS.test(path)) {
      void functions(req, res);
      return;
    }
    if (answerGone(gone, path, req, res)) return;
    pages.files(req, res, () => {
      const { onDemand } = pages;
      if (!onDemand) return notFound(res);
      compressPage(req, res);
      localsOf(req)
        .then((locals) => onDemand(req, res, () => notFound(res), locals))
        .catch((error: unknown) => {
          log("defect", { where: "page", error: error instanceof Error ? error.name : "unknown" });
          if (!res.headersSent) res.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
          res.end("Terjadi galat pada sistem. Coba lagi.");
        });
    });
  };
}

/** Who has not shown a second factor is nobody on every page but those that lead to it. */
function isSignInPage(path: string): boolean {
  return path.startsWith("/masuk/") || path === "/ruang-kerja/akun/dua-langkah/";
}

function pathOf(req: IncomingMessage): string {
  return (req.url ?? "/").split("?", 1)[0] ?? "/";
}

function listen(server: Server, { host, port }: Settings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Held polls are answered, so that agents open their next one elsewhere or again. */
async function stop(
  server: Server,
  background: Background,
  { deps, close }: Opened,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  deps.hub.endAll();
  // Connections fall idle one by one as their last answers leave.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const hard = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(hard);
  await background.close();
  close();
}
